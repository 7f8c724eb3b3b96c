import { END, pattern, START } from './edges.js';

/** Writes abbreviations in full. The points inside may be missing where no word has the same spelling. */
export function sayAbbreviations(text: string): string {
  let out = text
    .replace(INITIALS, (found) => found.replace(/\.\s?/gu, ' '))
    .replace(STREET_ENDS, '$1straat.')
    .replace(STREET, '$1straat');
  for (const [found, said] of SHORT_IN_PLACE) out = out.replace(found, said);
  for (const [found, said] of RULES) out = out.replace(found, inFull(said));
  return out
    .replace(SAINT, 'Sint ')
    .replace(CLOTHING_SIZE, 'maat ')
    .replace(SIDE_OF_ROAD, sideOfRoad)
    .replace(SHORTENED, '$1');
}

/** These never end a sentence, so the point belongs to the abbreviation and is removed with it. */
const INSIDE: Readonly<Record<string, string>> = {
  'ca.': 'ongeveer',
  'c.a.': 'en omgeving',
  'evt.': 'eventueel',
  'o.a.': 'onder andere',
  'm.b.t.': 'met betrekking tot',
  mbt: 'met betrekking tot',
  't.h.v.': 'ter hoogte van',
  thv: 'ter hoogte van',
  't.o.v.': 'ten opzichte van',
  't.a.v.': 'ten aanzien van',
  't.n.v.': 'ten name van',
  't.g.v.': 'ten gevolge van',
  'i.v.m.': 'in verband met',
  ivm: 'in verband met',
  'i.p.v.': 'in plaats van',
  ipv: 'in plaats van',
  'i.o.m.': 'in overleg met',
  'n.a.v.': 'naar aanleiding van',
  nav: 'naar aanleiding van',
  'd.m.v.': 'door middel van',
  dmv: 'door middel van',
  'm.u.v.': 'met uitzondering van',
  'o.b.v.': 'op basis van',
  'd.w.z.': 'dat wil zeggen',
  'm.a.w.': 'met andere woorden',
  'm.n.': 'met name',
  'z.g.': 'zogenaamd',
  'zgn.': 'zogenaamd',
  'bijv.': 'bijvoorbeeld',
  'bv.': 'bijvoorbeeld',
  'v.a.': 'vanaf',
  't/m': 'tot en met',
  'p/u': 'per uur',
  'incl.': 'inclusief',
  'excl.': 'exclusief',
  'max.': 'maximaal',
  'resp.': 'respectievelijk',
  'verm.': 'vermoedelijk',
  'vermoed.': 'vermoedelijk',
  'sign.': 'signalement',
  'vlgs.': 'volgens',
  'nrs.': 'nummers',
  'nr.': 'nummer',
  nr: 'nummer',
  'tel.': 'telefoon',
  'dhr.': 'de heer',
  dhr: 'de heer',
  'mevr.': 'mevrouw',
  'mw.': 'mevrouw',
  'dr.': 'dokter',
  'gebr.': 'gebroeders',
  'burg.': 'burgemeester',
  'prof.': 'professor',
  'hmp.': 'hectometerpaal',
  hmp: 'hectometerpaal',
  'ong.': 'ongeveer',
  'plm.': 'ongeveer',
  plm: 'ongeveer',
  'omstr.': 'omstreeks',
  'wrsch.': 'waarschijnlijk',
  'waarsch.': 'waarschijnlijk',
  'mog.': 'mogelijk',
  'verd.': 'verdachte',
  'onbek.': 'onbekend',
  'gekl.': 'gekleed',
  'gez.': 'gezien',
  'geb.': 'geboren',
  'lft.': 'leeftijd',
  lft: 'leeftijd',
  'vtg.': 'voertuig',
  vtg: 'voertuig',
  bwj: 'bouwjaar',
  'kent.': 'kenteken',
  kntk: 'kenteken',
  'ri.': 'richting',
  'ds.': 'dominee',
  'pres.': 'president',
  'mln.': 'miljoen',
  'mld.': 'miljard',
  'a.d.': 'aan de',
  'a/d': 'aan de',
  'v.d.': 'van de',
  'v/d': 'van de',
  'v.h.': 'van het',
  'v/h': 'van het',
  'i.b.v.': 'in bezit van',
  'a.d.h.v.': 'aan de hand van',
  'o.l.v.': 'onder leiding van',
  'a.g.v.': 'als gevolg van',
  'i.g.v.': 'in geval van',
  't.b.v.': 'ten behoeve van',
  't.p.v.': 'ter plaatse van',
  'i.c.m.': 'in combinatie met',
  'b.g.g.': 'bij geen gehoor',
  'd.d.': 'van',
  'm/v': 'man of vrouw',
  "a'dam": 'Amsterdam',
  "r'dam": 'Rotterdam',
};

/** These may end a sentence. Then the point stays as the end of the sentence. */
const CLOSING: Readonly<Record<string, string>> = {
  'enz.': 'enzovoort',
  'etc.': 'enzovoort',
  'e.d.': 'en dergelijke',
  'e.o.': 'en omgeving',
  'e.a.': 'en andere',
  'a.u.b.': 'alstublieft',
  aub: 'alstublieft',
  's.v.p.': 'alstublieft',
  svp: 'alstublieft',
  'z.s.m.': 'zo snel mogelijk',
  zsm: 'zo snel mogelijk',
  'jl.': 'jongstleden',
  'a.s.': 'aanstaande',
  't.p.': 'ter plaatse',
  'p.p.': 'per persoon',
  'p.u.': 'per uur',
};

const RULES: readonly (readonly [RegExp, string])[] = [
  ...Object.entries(INSIDE).map(([short, said]) => [pattern(finder(short)), said] as const),
  ...Object.entries(CLOSING).flatMap(([short, said]) => [
    [pattern(`${finder(short)}(?=\\s+\\p{Lu}|\\s*$)`), short.endsWith('.') ? `${said}.` : said] as const,
    [pattern(finder(short)), said] as const,
  ]),
];

/**
 * Keeps a capital, because a sentence may begin there, and puts a space before a digit: "Ca.25" is "Ongeveer
 * 25".
 */
function inFull(said: string): (found: string, at: number, text: string) => string {
  return (found, at, text) => {
    const capital = /^\p{Lu}(?!\.?\p{Lu})/u.test(found);
    const word = capital ? said.charAt(0).toUpperCase() + said.slice(1) : said;
    return /\d/.test(text.charAt(at + found.length)) ? `${word} ` : word;
  };
}

/** "J.P. Coenstraat": the points after initials do not end a sentence. */
const INITIALS = pattern(String.raw`${START}(?:\p{Lu}\.\s?){2,4}(?=\p{L}{2})`);
/** "Kerkstr." and "Kerkstr 12"; also a loose "str.". */
const STREET_ENDS = pattern(String.raw`${START}(\p{L}*)[sS]tr\.(?=\s*$|\s+\p{Lu})`);
const STREET = pattern(String.raw`${START}(\p{L}*)[sS]tr(?:\.|(?=\s\d))`);
const SAINT = pattern(String.raw`${START}St\.\s?(?=\p{Lu})`);
const CLOTHING_SIZE = pattern(String.raw`${START}mt\.?\s?(?=\d|(?:[SML]|X{1,3}L)${END})`, 'i');

/**
 * A shortened word that no rule knows, inside its sentence: "vlg. getuige". Lower-case acronyms are words.
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
  [pattern(String.raw`(?<=\p{L}{3})nr\.?(?=\s?\d|:)`), 'nummer'],
  [pattern(String.raw`${START}no\.\s?(?=\d)`, 'i'), 'nummer '],
  [pattern(String.raw`${START}tel\s?:\s?`, 'i'), 'telefoon '],
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
  // "v. Galenstraat", "jas m. capuchon", "jas m/ capuchon"
  [pattern(String.raw`(?<=\p{L}\s)v\.\s?(?=\p{L}{2})`), 'van '],
  [pattern(String.raw`(?<=\p{Ll}\s)(?:m\.|m\/|met\/)\s?(?=\p{Ll}{2})`), 'met '],
  [pattern(String.raw`(?<=${START}[AEN]\d{1,3})\s?\/\s?(?=[AEN]\d)`), ', '],
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
  const characters = Array.from(short, (one) =>
    /\p{L}/u.test(one) ? `[${one}${one.toUpperCase()}]` : one.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'),
  ).join('');
  return String.raw`(?<![\p{L}\d.])${characters}${short.endsWith('.') ? String.raw`(?!\p{L})` : END}`;
}
