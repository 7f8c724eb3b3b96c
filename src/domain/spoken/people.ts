import { END, pattern, START } from './edges.js';

/**
 * Writes the titles before a name in full ("Weth. Schaepmanlaan"), and removes the point of an initial that
 * does not end the sentence: "mw. A. Jansen", "Sanne de V. uit Almere".
 */
export function sayPeople(text: string): string {
  let out = text;
  for (const [short, said] of TITLES) out = out.replace(short, said);
  return out.replace(INITIAL_OF_STREET, '$1 ').replace(INITIAL_AFTER_TITLE, '$1 ').replace(INITIAL_INSIDE, '$1');
}

const TITLE_NAMES: Readonly<Record<string, string>> = {
  ir: 'ingenieur',
  ing: 'ingenieur',
  drs: 'doctorandus',
  past: 'pastoor',
  weth: 'wethouder',
  lt: 'luitenant',
  gen: 'generaal',
  kol: 'kolonel',
  adm: 'admiraal',
  kap: 'kapitein',
  kapt: 'kapitein',
  sgt: 'sergeant',
  insp: 'inspecteur',
  mgr: 'monseigneur',
  jhr: 'jonkheer',
  mej: 'mejuffrouw',
  fam: 'familie',
  jac: 'Jacob',
  joh: 'Johannes',
};
/** A name follows: a capital, or a small word such as "van" before it. */
const NAME = String.raw`(?=\s?(?:\p{Lu}|v\.|(?:van|von|de|den|der|te|ten|ter|'t)\s))`;
const QUEENS = 'Wilhelmina|Juliana|Beatrix|Emma|Máxima|Maxima|Sophia|Anna';
const PRINCES = 'Bernhard|Hendrik|Maurits|Willem|Claus|Frederik|Alexander|Constantijn|Friso|Karel|Johan|Eugen';

const TITLES: readonly (readonly [RegExp, (found: string) => string])[] = [
  [pattern(String.raw`${START}[Kk]on\.\s?(?=(?:${QUEENS}))`), capitalAs('koningin ')],
  [pattern(String.raw`${START}[Kk]on\.\s?(?=\p{Lu})`), capitalAs('koning ')],
  [pattern(String.raw`${START}[Pp]r(?:ins)?\.\s?(?=(?:${PRINCES}))`), capitalAs('prins ')],
  [pattern(String.raw`${START}[Pp]r(?:inses)?\.\s?(?=\p{Lu})`), capitalAs('prinses ')],
  ...Object.entries(TITLE_NAMES).map(
    ([short, said]) =>
      [
        pattern(String.raw`${START}[${short.charAt(0)}${short.charAt(0).toUpperCase()}]${short.slice(1)}\.${NAME}\s?`),
        capitalAs(`${said} `),
      ] as const,
  ),
];

/** Keeps a capital of the short form. */
function capitalAs(said: string): (found: string) => string {
  return (found) => (/^\p{Lu}/u.test(found) ? said.charAt(0).toUpperCase() + said.slice(1) : said);
}

/** "mevrouw A. Jansen": one letter after a title. */
const INITIAL_AFTER_TITLE = pattern(
  String.raw`(?<=${START}(?:[Hh]eer|[Mm]evrouw|[Mm]ejuffrouw|[Dd]okter|[Dd]octor|[Dd]octorandus|[Pp]rofessor|meester|[Ii]ngenieur|[Ff]amilie|[Dd]ominee|[Pp]astoor|[Bb]urgemeester|[Ww]ethouder)\s+)(\p{Lu})\.\s?(?=\p{Lu})`,
);
/** "kruising A. Paulownalaan" */
const INITIAL_OF_STREET = pattern(
  String.raw`${START}(\p{Lu})\.\s(?=\p{Lu}\p{L}+(?:straat|str\.|laan|weg|plein|kade|dijk|hof|singel|park|gracht|brug)${END})`,
);
/** "Mohammed B. uit Dronten", "Sanne de V. (17)", "de heer J. van den Berg". */
const INITIAL_INSIDE = pattern(String.raw`(?<=\p{L}{2}\s|^)(\p{Lu})\.(?=\s+\p{Ll}|\s*[(,])`);
