import type { Citizen, Habits, Persona } from './citizens.js';
import { KEYS } from './scripts.js';

/** A person in the sample town. Names, numbers and addresses are invented. */
export interface Townsperson {
  readonly name: string;
  /** In the order in which they are to be called, in various notations. */
  readonly phones: readonly string[];
  readonly postcodes: readonly string[];
}

export interface Town {
  readonly people: readonly Townsperson[];
  /** A few people from elsewhere (postcode 8261), whom no action in the town selects. */
  readonly neighbours: readonly Townsperson[];
  /** All telephones, and their behaviour when they ring. */
  readonly citizens: readonly Citizen[];
}

/** How many of a hundred telephones have each behaviour. */
const MIX: readonly (readonly [Persona, number])[] = [
  ['presses', 35],
  ['presses_again', 3],
  ['early_media', 2],
  ['hangs_up_in_message', 4],
  ['busy_then_presses', 4],
  ['no_answer_then_presses', 3],
  ['hangs_up', 4],
  ['no_digit', 2],
  ['no_answer', 13],
  ['busy', 7],
  ['declines', 9],
  ['voicemail', 7],
  ['unreachable', 4],
  ['early_media_announcement', 3],
];

const FIRST_NAMES = ['Anna', 'Bram', 'Cor', 'Dina', 'Els', 'Fatima', 'Gerrit', 'Henk', 'Ilse', 'Jan', 'Kees', 'Lotte'];
const MORE_NAMES = [
  'Mohamed',
  'Nel',
  'Otto',
  'Piet',
  'Rita',
  'Sanne',
  'Teun',
  'Ursula',
  'Vera',
  'Wim',
  'Yara',
  'Zeger',
];
const LAST_NAMES = [
  'Meerpaal',
  'Polderman',
  'Dijkstra',
  'Van der Vaart',
  'Ketelhaven',
  'Swifterman',
  'Biddinga',
  'Roggebot',
];
const NEIGHBOURS = 8;
/**
 * These telephones hold a line for a minute without a key. Their owners get no second telephone, because an
 * action would then last two minutes.
 */
const SLOW: ReadonlySet<Persona> = new Set(['voicemail', 'no_digit']);
const LETTERS = 'ABCDEGHJKLMNPRTVWXZ';

export interface TownOptions {
  /** The same seed gives the same town. */
  readonly seed?: number;
  readonly people?: number;
  /** Override the random habits of every telephone. */
  readonly habits?: Habits;
}

/**
 * Makes the town of Dronten: postcodes 8251 to 8256, some people with two numbers, and two couples who share
 * a number.
 */
export function sampleTown({ seed = 8251, people: size = 206, habits = {} }: TownOptions = {}): Town {
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const people: Townsperson[] = [];
  const citizens: Citizen[] = [];
  // The people whose calls take the longest are among the first to be called.
  const personas = longestFirst(shuffled(mixed(size), random));

  const telephone = (number: string, persona: Persona): string => {
    citizens.push({
      number,
      persona,
      answerAfterMs: 1_000 + Math.floor(random() * 2_000),
      pressAfterMs: 800 + Math.floor(random() * 3_000),
      key: pick(KEYS),
      keyMs: 100 + 20 * Math.floor(random() * 8),
      ...habits,
    });
    return number;
  };

  for (let index = 0; index < size; index += 1) {
    const persona = personas[index] ?? 'presses';
    const phones = [telephone(firstNumber(index), persona)];
    // One person in ten has a second telephone, which is called when the first one does not reach that
    // person.
    if (index % 10 === 3 && !SLOW.has(persona)) phones.push(telephone(landline(500 + index), 'presses'));
    const postcode = `${8251 + (index % 6)}${pick([...LETTERS])}${pick([...LETTERS])}`;
    const postcodes = index % 25 === 7 ? [postcode, `${8251 + ((index + 3) % 6)}KK`] : [postcode];
    people.push({ name: `${pick([...FIRST_NAMES, ...MORE_NAMES])} ${pick(LAST_NAMES)}`, phones, postcodes });
  }
  // Two couples: the partner has the same telephone, so the call to the first person also reaches the
  // partner.
  const sharing = people
    .filter(({ phones }, index) => phones.length === 1 && personas[index] === 'presses')
    .slice(0, 2);
  for (const { name, phones, postcodes } of sharing) {
    people.push({ name: `Partner van ${name}`, phones, postcodes: postcodes.slice(0, 1) });
  }
  const neighbours = Array.from({ length: NEIGHBOURS }, (_, index) => ({
    name: `${pick(FIRST_NAMES)} van Kampen`,
    phones: [telephone(`06${20_000_000 + index}`, 'presses')],
    postcodes: [`8261${pick([...LETTERS])}${pick([...LETTERS])}`],
  }));
  return { people, neighbours, citizens };
}

/** The town as a file for `POST /participants/import`. */
export function townCsv({ people, neighbours }: Pick<Town, 'people' | 'neighbours'>): string {
  const rows = [...people, ...neighbours].map(({ name, phones, postcodes }) =>
    [phones.join(' '), postcodes.join(' '), name].join(','),
  );
  return ['phone,postcode,name', ...rows].join('\r\n').concat('\r\n');
}

/** Two thirds are mobile numbers, the rest landlines, in various notations. */
function firstNumber(index: number): string {
  if (index % 3 === 2) return landline(index);
  const digits = `1000${String(index).padStart(4, '0')}`;
  return index % 3 === 0 ? `06${digits}` : `+316${digits}`;
}

/** 0321 is Dronten. Numbers count up from 0321-300000, so that everybody sees that they are invented. */
function landline(index: number): string {
  return `0321${String(300_000 + index)}`;
}

/** The personas of a town of this size, in the proportions of MIX. */
function mixed(size: number): Persona[] {
  const list = MIX.flatMap(([persona, share]) => Array<Persona>(Math.round((share * size) / 100)).fill(persona));
  return Array.from({ length: size }, (_, index) => list[index] ?? 'presses');
}

const LONGEST: ReadonlySet<Persona> = new Set(['presses_again', 'busy_then_presses', 'no_answer_then_presses']);

/** Puts the longest calls in every second place, from the start. */
function longestFirst(list: readonly Persona[]): Persona[] {
  const long = list.filter((persona) => LONGEST.has(persona));
  const others = list.filter((persona) => !LONGEST.has(persona));
  return others.flatMap((persona, index) => (index % 2 === 0 ? [...long.splice(0, 1), persona] : [persona]));
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
