import { END, pattern, START } from './edges.js';

/** Says the floor after a house number: "Kerkweg 12-II" is two floors up, "12-hs" the ground floor. */
export function sayHouseNumbers(text: string): string {
  return text
    .replace(FLOOR, (_, number: string, floor: string) => `${number} ${FLOORS[floor] ?? floor} hoog`)
    .replace(GROUND, '$1 huis')
    .replace(UPSTAIRS, '$1 hoog');
}

const FLOORS: Readonly<Record<string, string>> = { I: 'één', II: 'twee', III: 'drie', IV: 'vier' };
const FLOOR = pattern(String.raw`${START}(\d{1,4})(?:\s?-\s?(?=I)|\s(?=II|IV))(I{1,3}|IV)${END}`);
const UPSTAIRS = pattern(String.raw`${START}(\d)-hoog${END}`);
const GROUND = pattern(String.raw`${START}(\d{1,4})[\s-]?hs${END}\.?(?!\s+\p{Lu})`);
