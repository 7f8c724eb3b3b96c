import { END, pattern, START } from './edges.js';

/** Writes the short forms of a description: "zw. jas", "spijkerbr.", "lichtbr. haar", "jas blauw/wit". */
export function sayDescriptions(text: string): string {
  let out = text.replace(BLACK_AND, '$1wart').replace(BETWEEN_COLOURS, ' en ').replace(WINDOWS_AND_DOORS, ' en ');
  for (const [found, said] of NOUNS) out = out.replace(found, said);
  for (const [found, base, inflected] of ADJECTIVES) out = out.replace(found, adjective(base, inflected));
  return out;
}

const COLOUR =
  '(?:licht|donker|fel|leger|marine|mint|wijn|bordeaux)?(?:rood|rode|blauwe?|groene?|geel|gele|zwarte?|wit|witte|grijs|grijze|bruine?|oranje|paarse?|roze|beige|zilver|goud)';
/** "zw./grijs" */
const BLACK_AND = pattern(String.raw`${START}([zZ])w\.?(?=\s?\/)`);
/** "rood/zwart" is both, where "man/vrouw" is one of two. */
const BETWEEN_COLOURS = pattern(String.raw`(?<=${START}${COLOUR})\s?\/\s?(?=${COLOUR}${END})`, 'i');

/** "sluit ramen/deuren" */
const WINDOWS_AND_DOORS = pattern(String.raw`(?<=${START}[Rr]amen)\s?\/\s?(?=deuren${END})`);

/** The end of a short form: its point, which stays where it also ends the sentence. */
const POINT = String.raw`(?:\.(?!\s+\p{Lu}|\s*$)|(?=\.))`;
const NOUNS: readonly (readonly [RegExp, string])[] = [
  [
    pattern(String.raw`${START}((?:[Ss]pijker|[Tt]rainings|[Jj]ogging|[Ww]erk|[Zz]wem|[Cc]argo|[Ss]ki)br)${POINT}`),
    '$1oek',
  ],
  [pattern(String.raw`${START}((?:[Ss]choen|[Kk]leding)m)t\.?(?=\s?\d)`), '$1aat'],
  [pattern(String.raw`${START}mrk\.?(?=\s+\p{Lu})`), 'merk'],
  [pattern(String.raw`${START}bl\.?(?=\s+(?:haar|haren|krullen|vlechten|staart|baard|pony)${END})`), 'blond'],
  [pattern(String.raw`${START}Bl\.?(?=\s+(?:haar|haren|krullen|vlechten|staart|baard|pony)${END})`), 'Blond'],
  [pattern(String.raw`${START}((?:[Ll]icht|[Dd]onker)bl)\.?(?=\s+(?:haar|haren|krullen)${END})`), '$1ond'],
];

/** Short form, then the word before a het-word and before any other. */
const ADJECTIVES: readonly (readonly [RegExp, string, string])[] = [
  [short('zw'), 'zwart', 'zwarte'],
  [short('donk'), 'donker', 'donkere'],
  [short('br'), 'bruin', 'bruine'],
  [short('lichtbr'), 'lichtbruin', 'lichtbruine'],
  [short('donkerbr'), 'donkerbruin', 'donkerbruine'],
  [short('lichtbl'), 'lichtblauw', 'lichtblauwe'],
  [short('donkerbl'), 'donkerblauw', 'donkerblauwe'],
  [short('onbek'), 'onbekend', 'onbekende'],
];

/** Before a noun, so "zw." at the end of a sentence is left alone. */
function short(letters: string): RegExp {
  const [first = ''] = letters;
  return pattern(String.raw`${START}[${first}${first.toUpperCase()}]${letters.slice(1)}\.(?=\s+\p{Ll}{2})`);
}

/** Nouns with "het", whose adjective has no -e after "een" or nothing. */
const HET_WORDS =
  /^\s+(?:kort\s+|lang\s+|halflang\s+)?(?:haar|\p{L}*shirt|\p{L}*vest|\p{L}*jack|\p{L}*pak|\p{L}*hemd|\p{L}*uniform|uiterlijk|postuur|kenteken|montuur|\p{L}*je)(?!\p{L})/iu;

function adjective(base: string, inflected: string): (found: string, at: number, text: string) => string {
  return (found, at, text) => {
    const word = HET_WORDS.test(text.slice(at + found.length)) ? base : inflected;
    return /^\p{Lu}/u.test(found) ? word.charAt(0).toUpperCase() + word.slice(1) : word;
  };
}
