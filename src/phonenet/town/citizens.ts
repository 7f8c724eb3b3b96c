import { KEY_MS, type DtmfMode, type Key, type Step } from './scripts.js';
import { spokenSound } from '../spoken-sounds.js';

/** The behaviour of a citizen when the telephone rings. */
export const PERSONAS = [
  'presses', // answers, presses a key, listens to the end
  'presses_again', // also presses a key in the ending, to hear the message once more
  'hangs_up', // answers and hangs up without pressing a key
  'hangs_up_in_message', // presses a key and hangs up while the message plays
  'no_digit', // answers and presses no key
  'no_answer', // lets the telephone ring
  'busy', // refuses with 486
  'declines', // refuses with 603
  'voicemail', // a machine that plays a greeting and a beep, and then records
  'unreachable', // refuses with 404
  'congestion', // refuses with 503
  'busy_then_presses', // is busy the first time, and answers the next call
  'no_answer_then_presses', // does not answer the first time, and answers the next call
  'early_media', // 183 and ringback in the audio, and then answers
  'early_media_announcement', // 183 and "this number cannot be reached" in the audio, and then 480
] as const;
export type Persona = (typeof PERSONAS)[number];

export interface Habits {
  /** ms of ringing before the answer; default 2000. */
  readonly answerAfterMs?: number;
  /** ms from the answer to the key, or to the hang-up of `hangs_up`; default 2500. */
  readonly pressAfterMs?: number;
  readonly key?: Key;
  /** How long the key is held down; default 160 ms. */
  readonly keyMs?: number;
  /** ms from the first key to the second of `presses_again`; default 30000. */
  readonly againAfterMs?: number;
  /** How often `presses_again` presses again, each time after `againAfterMs`; default 1. */
  readonly againTimes?: number;
  /** The second key of `presses_again`; default: the first key again. */
  readonly againKey?: Key;
  /** ms from the key to the hang-up of `hangs_up_in_message`; default 4000. */
  readonly hangUpAfterMs?: number;
  /** How the key travels; default `rfc4733`. */
  readonly dtmf?: DtmfMode;
  /** The greeting of the voicemail, a path without extension; default: a Dutch greeting. */
  readonly greeting?: string;
}

export interface Citizen extends Habits {
  /** In any Dutch notation. */
  readonly number: string;
  readonly persona: Persona;
}

/** The steps of a citizen in the first call, and in later calls when those differ. */
export function stepsOf(persona: Persona, habits: Habits = {}): { first: readonly Step[]; later?: readonly Step[] } {
  const { answerAfterMs = 2_000, pressAfterMs = 2_500, key = '1', keyMs = KEY_MS } = habits;
  const { againAfterMs = 30_000, againTimes = 1, againKey = key, hangUpAfterMs = 4_000, dtmf = 'rfc4733' } = habits;
  const wait = (ms: number): Step[] => (ms > 0 ? [{ do: 'wait', ms }] : []);
  const modeStep: Step[] = dtmf === 'rfc4733' ? [] : [{ do: 'dtmf', mode: dtmf }];
  const ringing: Step[] = [...modeStep, { do: 'ring' }, ...wait(answerAfterMs)];
  const answers: Step[] = [...ringing, { do: 'answer' }];
  const press: Step = { do: 'press', digit: key, ms: keyMs };
  const presses: Step[] = [...answers, ...wait(pressAfterMs), press];
  const listens: Step = { do: 'listen' };
  switch (persona) {
    case 'presses':
      return { first: [...presses, listens] };
    case 'presses_again': {
      const again: Step[] = [...wait(againAfterMs), { ...press, digit: againKey }];
      return { first: [...presses, ...Array.from({ length: againTimes }, () => again).flat(), listens] };
    }
    case 'hangs_up':
      return { first: [...answers, ...wait(pressAfterMs), { do: 'hangup' }] };
    case 'hangs_up_in_message':
      return { first: [...presses, ...wait(hangUpAfterMs), { do: 'hangup' }] };
    case 'no_digit':
      return { first: [...answers, listens] };
    case 'no_answer':
      return { first: [{ do: 'ring' }, listens] };
    case 'busy':
      return { first: [{ do: 'refuse', status: 486 }] };
    case 'declines':
      return { first: [{ do: 'ring' }, ...wait(answerAfterMs), { do: 'refuse', status: 603 }] };
    case 'voicemail':
      return { first: [...answers, ...voicemail(habits.greeting), listens] };
    case 'unreachable':
      return { first: [{ do: 'refuse', status: 404 }] };
    case 'congestion':
      return { first: [{ do: 'refuse', status: 503 }] };
    case 'busy_then_presses':
      return { first: [{ do: 'refuse', status: 486 }], later: [...presses, listens] };
    case 'no_answer_then_presses':
      return { first: [{ do: 'ring' }, listens], later: [...presses, listens] };
    case 'early_media':
      return {
        first: [
          ...modeStep,
          { do: 'progress' },
          { do: 'ringtone' },
          ...wait(answerAfterMs),
          { do: 'answer' },
          ...wait(pressAfterMs),
          press,
          listens,
        ],
      };
    case 'early_media_announcement':
      return {
        first: [
          { do: 'progress' },
          { do: 'announce', sound: spokenSound('announcement') },
          { do: 'refuse', status: 480 },
        ],
      };
  }
}

function voicemail(greeting = spokenSound('voicemail')): Step[] {
  return [
    { do: 'wait', ms: 300 },
    { do: 'play', sound: greeting },
    { do: 'play', sound: spokenSound('beep') },
  ];
}
