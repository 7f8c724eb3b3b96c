import { END, pattern, START } from './edges.js';

/** Abbreviations in full. Points inside may be left out where no word is spelt the same. */
export function sayAbbreviations(text: string): string {
  let out = text.replace(STREET_ENDS, '$1straat.').replace(STREET, '$1straat');
  for (const [found, said] of RULES) out = out.replace(found, said);
  return out.replace(SAINT, 'Sint ').replace(CLOTHING_SIZE, 'maat ');
}

/** Never at the end of a sentence: the point is part of the abbreviation and goes with it. */
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
  hmp: 'hectometerpaal',
  'ong.': 'ongeveer',
};

/** May close a sentence: then its point stays as the end of the sentence. */
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
};

const RULES: readonly (readonly [RegExp, string])[] = [
  ...Object.entries(INSIDE).map(([short, said]) => [finder(short), said] as const),
  ...Object.entries(CLOSING).flatMap(([short, said]) => [
    [pattern(`${finder(short).source}(?=\\s+\\p{Lu}|\\s*$)`, 'i'), short.endsWith('.') ? `${said}.` : said] as const,
    [finder(short), said] as const,
  ]),
];

/** "Kerkstr." and "Kerkstr 12"; also a loose "str.". */
const STREET_ENDS = pattern(String.raw`${START}(\p{L}*)str\.(?=\s*$|\s+\p{Lu})`, 'i');
const STREET = pattern(String.raw`${START}(\p{L}*)str(?:\.|(?=\s\d))`, 'i');
const SAINT = pattern(String.raw`${START}St\.\s?(?=\p{Lu})`);
const CLOTHING_SIZE = pattern(String.raw`${START}mt\.?\s?(?=\d)`, 'i');

function finder(short: string): RegExp {
  const escaped = short.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return pattern(String.raw`(?<![\p{L}\d.])${escaped}${END}`, 'i');
}
