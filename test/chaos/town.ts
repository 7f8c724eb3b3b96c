import type { Citizen, Persona } from '../../src/phonenet/index.js';
import type { Random } from './random.js';

/** The people of one action, with a postcode of their own, so that the action calls nobody else. */
export interface Wave {
  /** Such as `8251`. */
  readonly area: string;
  readonly people: readonly TownPerson[];
}

export interface TownPerson {
  readonly phones: readonly string[];
  readonly postcode: string;
}

/**
 * The share of each behaviour among the telephones, in percent. `congestion` is left out, because it would be
 * retried forever.
 */
const MIX: readonly (readonly [Persona, number])[] = [
  ['hangs_up_in_message', 46],
  ['presses', 4],
  ['early_media', 4],
  ['busy_then_presses', 4],
  ['no_answer_then_presses', 3],
  ['hangs_up', 8],
  ['no_answer', 6],
  ['busy', 6],
  ['declines', 6],
  ['unreachable', 5],
  ['early_media_announcement', 2],
];
/** Behaviours that keep a line for 24 s or more. In a short run only a few people may do that. */
const SLOW: readonly (readonly [Persona, number])[] = [
  ['presses', 4],
  ['no_digit', 3],
  ['voicemail', 2],
  ['presses_again', 2],
];

export interface ChaosTown {
  readonly waves: readonly Wave[];
  readonly citizens: readonly Citizen[];
}

export interface TownOptions {
  readonly waves: number;
  readonly smallest: number;
  readonly largest: number;
  readonly slow: boolean;
  /** Length of the message, ms, so that people who hang up during the message have heard it once. */
  readonly messageMs: number;
}

/** People who press a key and hang up quickly, so that much happens in little time. Numbers are invented. */
export function chaosTown(random: Random, options: TownOptions): ChaosTown {
  const mix = options.slow ? [...MIX, ...SLOW] : MIX;
  const deck = mix.flatMap(([persona, share]) => Array<Persona>(share).fill(persona));
  const citizens: Citizen[] = [];
  const waves = Array.from({ length: options.waves }, (_, wave) => {
    const area = String(8_000 + wave);
    const people = Array.from({ length: random.whole(options.smallest, options.largest) }, (_, index) => {
      const telephone = (line: number): string => {
        const number = `06${line}${String(wave).padStart(3, '0')}${String(index).padStart(4, '0')}`;
        citizens.push(citizenOf(number, random.pick(deck), random, options.messageMs));
        return number;
      };
      // One in ten has a second telephone.
      const phones = random.next() < 0.1 ? [telephone(1), telephone(2)] : [telephone(1)];
      return { phones, postcode: `${area}AB` };
    });
    return { area, people };
  });
  return { waves, citizens };
}

function citizenOf(number: string, persona: Persona, random: Random, messageMs: number): Citizen {
  return {
    number,
    persona,
    answerAfterMs: random.whole(100, 800),
    pressAfterMs: random.whole(300, 1_500),
    keyMs: random.whole(60, 200),
    hangUpAfterMs: messageMs + random.whole(700, 3_500),
    againAfterMs: random.whole(6_000, 12_000),
  };
}

/** The town as CSV for `POST /participants/import`. */
export function wavesCsv(waves: readonly Wave[]): string {
  const rows = waves.flatMap(({ people }) => people.map(({ phones, postcode }) => `${phones.join(' ')},${postcode},`));
  return `${['phone,postcode,name', ...rows].join('\r\n')}\r\n`;
}
