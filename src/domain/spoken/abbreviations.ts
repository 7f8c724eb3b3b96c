import { END, pattern, START } from './edges.js';
import { CLOSING, INSIDE } from './short-forms.js';

/** Writes abbreviations in full. The points inside may be missing where no word has the same spelling. */
export function sayAbbreviations(text: string): string {
  let out = text
    .replace(INITIALS, (found) => found.replace(/\.\s?/gu, ' '))
    .replace(STREET_ENDS, '$1straat.')
    .replace(STREET, '$1straat');
  for (const [found, said] of SHORT_IN_PLACE) out = out.replace(found, said);
  out = out.replace(INSIDE_FORMS, inFull).replace(CLOSING_FORMS, inFullAtEnd);
  return out
    .replace(SAINT, 'Sint ')
    .replace(CLOTHING_SIZE, 'maat ')
    .replace(SIDE_OF_ROAD, sideOfRoad)
    .replace(SHORTENED, '$1');
}

/** Several letters with points. The last point may be missing: "t.h.v de brug". */
const POINTED = /^(?:\p{L}\.){2,}$/u;

/** The short forms of a table as one pattern, the longest first, in any case. */
const anyOf = (forms: Readonly<Record<string, string>>): RegExp =>
  pattern(
    String.raw`(?<![\p{L}\d.])(?:${Object.keys(forms)
      .sort((one, other) => other.length - one.length)
      .map(finder)
      .join('|')})`,
  );
const INSIDE_FORMS = anyOf(INSIDE);
const CLOSING_FORMS = anyOf(CLOSING);

/** What a short form of a table stands for; its last point may be missing. */
function saidOf(forms: Readonly<Record<string, string>>, found: string): string {
  const lower = found.toLowerCase();
  return forms[lower] ?? forms[`${lower}.`] ?? found;
}

/**
 * Keeps a capital, because a sentence may begin there, and puts a space before a digit: "Ca.25" is "Ongeveer
 * 25".
 */
function inFull(found: string, at: number, text: string): string {
  return withCapital(found, saidOf(INSIDE, found), text.charAt(at + found.length));
}

/** The point of "enz." stays where a new sentence follows. */
function inFullAtEnd(found: string, at: number, text: string): string {
  const after = text.slice(at + found.length);
  const ends = !(found.toLowerCase() in CLOSING) || found.endsWith('.');
  const point = ends && /^(?:\s+[\p{Lu}\d]|\s*$)/u.test(after) ? '.' : '';
  return withCapital(found, `${saidOf(CLOSING, found)}${point}`, after.charAt(0));
}

function withCapital(found: string, said: string, next: string): string {
  const capital = /^\p{Lu}(?!\.?\p{Lu})/u.test(found);
  const word = capital ? said.charAt(0).toUpperCase() + said.slice(1) : said;
  return /\d/.test(next) ? `${word} ` : word;
}

/** "J.P. Coenstraat": the points after initials do not end a sentence. */
const INITIALS = pattern(String.raw`${START}(?:\p{Lu}\.\s?){2,4}(?=\p{L}{2})`);
/** "Kerkstr." and "Kerkstr 12"; also a loose "str.". */
const STREET_ENDS = pattern(String.raw`${START}((?!om[sS]tr)\p{L}*)[sS]tr\.(?=\s*$|\s+\p{Lu})`);
const STREET = pattern(String.raw`${START}((?!om[sS]tr)\p{L}*)[sS]tr(?:\.|(?=\s\d))`);
const SAINT = pattern(String.raw`${START}St\.\s?(?=\p{Lu})`);
const CLOTHING_SIZE = pattern(String.raw`${START}mt\.?\s?(?=\d|(?:[SML]|X{1,3}L)${END})`, 'i');

/**
 * A shortened word that no rule knows, inside its sentence: "vlg. getuige". Acronyms and units in lower case
 * are left alone: "tv.", "km."
 */
const SHORTENED = pattern(
  String.raw`${START}((?!(?:tv|wc|cd|dvd|sms|gps|bh|km|cm|mm|kg|gr|mtr|ltr|hm)\.)[bcdfghjklmnpqrstvwxz]{2,4})\.(?=\s+\p{Ll})`,
);

/** Short forms with this meaning only in this context. */
const SHORT_IN_PLACE: readonly (readonly [RegExp, string])[] = [
  // "Kamperwg. 12", "Kennedyln.", "Marktpln. 3": the end of a street's name.
  [pattern(String.raw`(?<=\p{L}{3})wg\.(?=\s?\d|\s*$|\s)`), 'weg'],
  [pattern(String.raw`(?<=\p{L}{3})ln\.(?=\s?\d|\s*$|\s)`), 'laan'],
  [pattern(String.raw`(?<=\p{L}{2})pln\.(?=\s?\d|\s*$|\s)`), 'plein'],
  // "huisnr. 12", "zaaknr 3"
  [pattern(String.raw`(?<=\p{L}{3})nr\.?(?=\s?\p{Lu}{0,3}\d|:)`), 'nummer'],
  [pattern(String.raw`${START}no\.\s?(?=\d)`, 'i'), 'nummer '],
  [pattern(String.raw`${START}tel\s?:\s?`, 'i'), 'telefoon '],
  // "van Zwolle naar Kampen v.v.", "loopt v.v. tussen de huizen"
  [pattern(String.raw`(?<![\p{L}\d.])v\.v\.?(?=\s+(?:tussen|langs|over|door))`), 'heen en weer'],
  [pattern(String.raw`(?<![\p{L}\d.])v\.v\.(?=\s+\p{Lu}|\s*$)`), 'en terug.'],
  [pattern(String.raw`(?<![\p{L}\d.])v\.v\.?${END}`), 'en terug'],
  // "kwart v. 3", "om 10 v. 8"
  [pattern(String.raw`(?<=(?:kwart|${START}\d{1,2})\s)v\.\s?(?=\d|half)`), 'voor '],
  // "van de A6 n. de A27", "straal v. 2 km", "v. Goghlaan"
  [pattern(String.raw`(?<=[\p{L}\d]\s)n\.\s?(?=\p{Lu})`), 'naar '],
  [pattern(String.raw`(?<=[\p{L}.'"]\s|^)v\.\s?(?=\d|\p{Lu}|\p{Ll}{2})`), 'van '],
  [pattern(String.raw`(?<![\p{L}\d.])b\.v\.?(?=\s)`), 'bijvoorbeeld'],
  // "A50 re 203,4": the carriageway
  [pattern(String.raw`(?<=${START}[AN]\d{1,3}\s)re(?:\.?(?=\s\d)|\.?(?=\s?[,;)])|$)`, 'i'), 'rechts'],
  [pattern(String.raw`(?<=${START}[AN]\d{1,3}\s)li(?:\.?(?=\s\d)|\.?(?=\s?[,;)])|$)`, 'i'), 'links'],
  [pattern(String.raw`(?<=\d(?:e|de|ste)\s)gen\.`), 'generatie'],
  [pattern(String.raw`(?<=\d(?:e|de|ste)\s)verd\.(?=\s+\p{Lu}|\s*$)`), 'verdieping.'],
  [pattern(String.raw`(?<=\d(?:e|de|ste)\s)verd\.`), 'verdieping'],
  // "scooter z. kenteken"
  [
    pattern(
      String.raw`(?<=\p{L}\s)z\.\s?(?=(?:kenteken|nummerplaat|licht|verlichting|helm|capuchon|jas|bril|baard)${END})`,
    ),
    'zonder ',
  ],
  // "viaduct A6/Larserweg"
  [pattern(String.raw`(?<=${START}[AN]\d{1,3})\s?\/\s?(?=\p{Lu}\p{Ll})`), ', '],
  // "jongeren, nl. zijn broers", "2 auto's, nl. AB-12-CD en …", but not the end of "politie punt nl."
  [/(?<=, )nl\.(?=\s)/gu, 'namelijk'],
  [pattern(String.raw`(?<!punt\s)${START}nl\.(?=\s+\p{Ll})`), 'namelijk'],
  [pattern(String.raw`(?<![\p{L}\d.])ev\.(?=\s+\p{Ll})`), 'eventueel'],
  [pattern(String.raw`${START}gem\.(?=\s+\p{Lu})`), 'gemeente'],
  [pattern(String.raw`${START}gem\.(?=\s+\p{Ll})`), 'gemiddelde'],
  [
    pattern(String.raw`${START}([Mm])(ax|in)\.?(?=\s+(?:snelheid|leeftijd|lengte|inzet|straf|temperatuur)${END})`),
    '$1$2imale',
  ],
  [pattern(String.raw`${START}(ca|ong|max)(?=\s?\d)`), '$1.'],
  [pattern(String.raw`${START}[Aa]rt\.\s?(?=\d)`), 'Artikel '],
  [pattern(String.raw`\s?&\s?[Zz]n\.?(?=\s+\p{Lu}|\s*$)`), ' en zoon.'],
  [pattern(String.raw`\s?&\s?[Zz]n\.?${END}`), ' en zoon'],
  [pattern(String.raw`\s?&\s?Co\.?(?=\s+\p{Lu}|\s*$)`), ' en co.'],
  [pattern(String.raw`${START}P\s?\+\s?R${END}`), 'P en R'],
  [pattern(String.raw`(?<=${START}[Ss]preekt\s(?:\p{L}+\s){0,3})(?:NL${END}|[Nn]ed\.)`), 'Nederlands'],
  [pattern(String.raw`(?<=${START}[Ss]preekt\s(?:\p{L}+\s){0,3})[Ee]ng\.?${END}`), 'Engels'],
  [pattern(String.raw`(?<=\p{L}{3})terr\.(?=\s)`), 'terrein'],
  [pattern(String.raw`(?<=[Pp]arkeerp)l\.(?=\s)`), 'laats'],
  [pattern(String.raw`${START}ID\.\s?(?=\d|Buzz)`), 'ID '],
  [pattern(String.raw`(?<![\p{L}\d])'n(?=\s)`), 'een'],
  [pattern(String.raw`(?<!\d\s?)${START}pers\.(?=\s+\p{Ll})`), 'personen'],
  [pattern(String.raw`(?<!\d\s?)${START}min\.\s?(?=\d)`, 'i'), 'minimaal '],
  // "N-Afrikaans", "O.-Europees"
  [pattern(String.raw`${START}N\.?-(?=Afrikaan|Europe|Amerikaan|Hollan|Afr\.)`), 'Noord-'],
  [pattern(String.raw`${START}O\.?-(?=Europe|Aziat|Afrikaan)`), 'Oost-'],
  [pattern(String.raw`${START}Z\.?-(?=Europe|Amerikaan|Afrikaan|Hollan)`), 'Zuid-'],
  [pattern(String.raw`${START}W\.?-(?=Europe|Afrikaan)`), 'West-'],
  [pattern(String.raw`(?<=-)Afr\.`), 'Afrikaans'],
  // "li. been", "re. arm": before a part of the body or a side
  [
    pattern(
      String.raw`${START}li\.?(?=\s+(?:been|arm|hand|oog|oor|wang|schouder|knie|voet|kant|zijde|pols|enkel|mouw)${END})`,
      'i',
    ),
    'linker',
  ],
  [
    pattern(
      String.raw`${START}re\.?(?=\s+(?:been|arm|hand|oog|oor|wang|schouder|knie|voet|kant|zijde|pols|enkel|mouw)${END})`,
      'i',
    ),
    'rechter',
  ],
  [pattern(String.raw`${START}ri(?=\s+\p{Lu})`), 'richting'],
  // "i.d. buurt van", "o/d Mauritsweg"
  [pattern(String.raw`(?<![\p{L}\d.])i[./]d\.?(?=\s)`), 'in de'],
  [pattern(String.raw`(?<![\p{L}\d.])o[./]d\.?(?=\s)`), 'op de'],
  [pattern(String.raw`${START}(?:obs|OBS)(?=\s+\p{Lu})`), 'openbare basisschool'],
  [pattern(String.raw`${START}cbs(?=\s+\p{Lu})`), 'christelijke basisschool'],
  // "Kerkstraat/hoek Dorpsplein"
  [pattern(String.raw`\s?\/\s?(?=hoek${END})`), ', '],
  // "deuk li.achter"
  [pattern(String.raw`${START}li\.?\s?(?=(?:achter|voor|boven|onder)${END})`), 'links '],
  [pattern(String.raw`${START}re\.?\s?(?=(?:achter|voor|boven|onder)${END})`), 'rechts '],
  // "v. Galenstraat", "jas m. capuchon", "jas m/ capuchon"
  [pattern(String.raw`(?<=\p{L}\s)v\.\s?(?=\p{L}{2})`), 'van '],
  [pattern(String.raw`(?<=[\p{Ll}.,]\s)(?:m\.|m\/|met\/)\s?(?=\p{Ll}{2})`), 'met '],
  // "hoek Kerkstr./Dorpsstr.": two streets that meet
  [
    pattern(
      String.raw`(?<=(?:[Hh]oek|[Kk]ruising|[Kk]ruispunt)\s(?:van\s)?(?:de\s)?\p{Lu}[\p{L}\s.]{2,40})\s?[/-]\s?(?=\p{Lu})`,
    ),
    ', ',
  ],
  [pattern(String.raw`(?<=${START}\p{Lu}\d{1,3})\s?\/\s?(?=\p{Lu}\d)`), ', '],
  // a post beside the road: "A6 hm 64.2"
  [pattern(String.raw`(?<=[AN]\d{1,3}\s(?:li\s|re\s)?)hm\.?(?=\s?\d)`, 'i'), 'hectometerpaal'],
  [pattern(String.raw`${START}km(?=\s\d)`), 'kilometer'],
  [pattern(String.raw`${START}Mr\.(?=\s+\p{Lu})`), 'meester'],
];

/** "hectometerpaal 64.2 Re": the carriageway. */
const SIDE_OF_ROAD = pattern(String.raw`(hectometerpaal\s+\d+(?:[.,]\d)?)\s?(re|li)${END}`, 'i');
const sideOfRoad = (_: string, post: string, side: string): string =>
  `${post} ${side.toLowerCase() === 're' ? 'rechts' : 'links'}`;

/** Finds the short form in any case. A digit may follow its point without a space ("ca.25"). */
function finder(short: string): string {
  const letters = Array.from(short.replace(/\.$/u, ''), (one) =>
    /\p{L}/u.test(one) ? `[${one}${one.toUpperCase()}]` : one.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'),
  ).join('');
  if (POINTED.test(short)) return String.raw`${letters}(?:\.(?!\p{L})|(?![\p{L}\d.]))`;
  return short.endsWith('.') ? String.raw`${letters}\.(?!\p{L})` : `${letters}${END}`;
}
