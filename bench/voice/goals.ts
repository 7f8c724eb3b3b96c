import { table } from '../lib/table.js';
import { TARGET_RMS } from '../../src/adapters/speech/telephone-level.js';
import type { Measured } from './measure.js';
import type { Voice } from './run.js';

export interface VoiceGoal {
  readonly voice: string;
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
}

/** Distance from the target level that a listener does not notice, dB. */
const LEVEL_WITHIN = 1;
/**
 * The index of standard speech in noise of its own spectrum: a voice must be at least as clear as a person.
 */
const PERSON = { sii0: 0.5, sii5: 1 / 3 };
/** 20 seconds of speech are ready in 2. */
const MOST_REAL_TIME = 0.1;

export function judgeVoices(voices: readonly Voice[]): readonly VoiceGoal[] {
  return voices.flatMap(({ name, sounds, realTimeFactor }) => {
    const off = Math.max(...sounds.map(({ level }) => Math.abs(level - TARGET_RMS)));
    const [sii0, sii5] = [mean(sounds, 'sii0'), mean(sounds, 'sii5')];
    const goals: VoiceGoal[] =
      sounds.length === 0
        ? []
        : [
            {
              voice: name,
              what: 'level in the band of every sound',
              goal: `${TARGET_RMS} dB, within ${LEVEL_WITHIN}`,
              measured: `at most ${off.toFixed(2)} off`,
              reached: off <= LEVEL_WITHIN,
            },
            {
              voice: name,
              what: 'SII in noise at 0 and −5 dB, mean',
              goal: `at least ${PERSON.sii0.toFixed(2)} and ${PERSON.sii5.toFixed(2)}`,
              measured: `${sii0.toFixed(2)} and ${sii5.toFixed(2)}`,
              reached: sii0 >= PERSON.sii0 && sii5 >= PERSON.sii5,
            },
          ];
    if (realTimeFactor === undefined) return goals;
    const reached = realTimeFactor <= MOST_REAL_TIME;
    const measured = realTimeFactor.toFixed(3);
    return [...goals, { voice: name, what: 'real-time factor', goal: `at most ${MOST_REAL_TIME}`, measured, reached }];
  });
}

/** The whole report, for a terminal. `all`: with a row for every sound. */
export function voiceText(voices: readonly Voice[], goals: readonly VoiceGoal[], all: boolean): string {
  return [
    ...(all ? voices.map(({ name, sounds }) => `${name}\n${table([HEADING, ...sounds.map(rowOf)])}`) : []),
    table([
      ['voice', 'sounds', 'seconds', 'level dB', 'lowest', 'highest', 'peak', 'longest pause', 'syll/s', ...SII, 'RTF'],
      ...voices.map(summaryOf),
    ]),
    `goals\n${table([
      ['voice', '', 'goal', 'measured', ''],
      ...goals.map(({ voice, what, goal, measured, reached }) => [
        ...[voice, what, goal, measured],
        reached ? 'reached' : 'missed',
      ]),
    ])}`,
  ].join('\n\n');
}

const SII = ['SII 0 dB', 'SII −5 dB'] as const;
const HEADING = ['sound', 'seconds', 'level dB', 'peak', 'pauses', 'longest', 'syll/s', ...SII] as const;

function rowOf({ name, seconds, level, peak, pauses, syllables, sii0, sii5 }: Measured): readonly string[] {
  return [
    name,
    seconds.toFixed(1),
    level.toFixed(1),
    peak.toFixed(1),
    String(pauses.length),
    pauses.length === 0 ? '-' : String(Math.max(...pauses)),
    syllables.toFixed(1),
    sii0.toFixed(2),
    sii5.toFixed(2),
  ];
}

function summaryOf({ name, sounds, realTimeFactor }: Voice): readonly string[] {
  if (sounds.length === 0) return [name, ...Array<string>(10).fill(''), realTimeFactor?.toFixed(3) ?? ''];
  const levels = sounds.map(({ level }) => level);
  const seconds = sounds.reduce((sum, sound) => sum + sound.seconds, 0);
  return [
    name,
    String(sounds.length),
    seconds.toFixed(0),
    mean(sounds, 'level').toFixed(2),
    Math.min(...levels).toFixed(2),
    Math.max(...levels).toFixed(2),
    Math.max(...sounds.map(({ peak }) => peak)).toFixed(2),
    String(Math.max(0, ...sounds.flatMap(({ pauses }) => pauses))),
    mean(sounds, 'syllables').toFixed(2),
    mean(sounds, 'sii0').toFixed(2),
    mean(sounds, 'sii5').toFixed(2),
    realTimeFactor?.toFixed(3) ?? '',
  ];
}

function mean(sounds: readonly Measured[], field: 'level' | 'syllables' | 'sii0' | 'sii5'): number {
  return sounds.reduce((sum, sound) => sum + sound[field], 0) / Math.max(1, sounds.length);
}
