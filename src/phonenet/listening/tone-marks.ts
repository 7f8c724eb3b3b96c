import { rms } from './correlation.js';
import { RATE, type Samples } from './sound-file.js';

/**
 * Tones, Hz, by which a test marks a message. None is part of a key's tone pair (ITU-T Q.23), and all pass a
 * telephone.
 */
export const MARK_TONES = [480, 600, 1040, 1140, 1400, 1750, 1900, 2100, 2300, 2600] as const;
export type MarkTone = (typeof MARK_TONES)[number];

export interface ToneMark {
  readonly hz: MarkTone;
  readonly atMs: number;
  readonly ms: number;
}

const MS = RATE / 1000;
const WINDOW = 40 * MS;
const STEP = 10 * MS;
/** Least share of the power that is in the tone. */
const PURE = 0.6;
const LEAST_MS = 60;
/** A tone that continues after at most this much silence was torn by late packets and counts once. */
const TORN_MS = 300;
const QUIET = 0.003;

/**
 * A message of tones: each for `toneMs`, with `gapMs` of silence after it. Adjacent tones must differ or be
 * 300 ms apart: see `toneMarks`.
 */
export function toneMarked(tones: readonly MarkTone[], { toneMs = 300, gapMs = 100 } = {}): Samples {
  const slot = (toneMs + gapMs) * MS;
  const samples = new Float32Array(tones.length * slot);
  for (const [index, hz] of tones.entries()) {
    const length = toneMs * MS;
    for (let i = 0; i < length; i += 1) {
      // Fades of 5 ms, because a click would contain other frequencies.
      const edge = Math.min(1, i / (5 * MS), (length - i) / (5 * MS));
      samples[index * slot + i] = 0.3 * edge * Math.sin((2 * Math.PI * hz * i) / RATE);
    }
  }
  return samples;
}

/** The tones that were heard, in order. A torn tone counts once. Speech, keys and silence are not tones. */
export function toneMarks(recording: Samples): readonly ToneMark[] {
  const marks: ToneMark[] = [];
  let open: { hz: MarkTone; from: number; to: number } | undefined;
  const close = (): void => {
    if (open === undefined) return;
    // A window counts as a tone when most of it is, so the tone exceeds its windows by half a window at both
    // ends.
    const ms = (open.to - open.from + WINDOW / 2) / MS;
    const atMs = (open.from + WINDOW / 4) / MS;
    const last = marks.at(-1);
    const torn = last?.hz === open.hz && atMs - last.atMs - last.ms < TORN_MS;
    if (torn) marks.splice(-1, 1, { ...last, ms: last.ms + ms });
    else if (ms >= LEAST_MS) marks.push({ hz: open.hz, atMs, ms });
    open = undefined;
  };
  for (let at = 0; at + WINDOW <= recording.length; at += STEP) {
    const hz = toneAt(recording, at);
    if (open !== undefined && hz === open.hz) open.to = at;
    else {
      close();
      if (hz !== undefined) open = { hz, from: at, to: at };
    }
  }
  close();
  return marks;
}

/**
 * The tones that were heard, in order. Equal tones in a row count once, however far apart a busy machine tore
 * them.
 */
export function tonesInOrder(recording: Samples): readonly MarkTone[] {
  const tones = toneMarks(recording).map(({ hz }) => hz);
  return tones.filter((hz, index) => hz !== tones[index - 1]);
}

function toneAt(recording: Samples, at: number): MarkTone | undefined {
  const level = rms(recording, at, WINDOW);
  if (level < QUIET) return undefined;
  return MARK_TONES.find((hz) => power(recording, at, hz) / level ** 2 > PURE);
}

/** Power of one frequency in a window (Goertzel); a sine of RMS r gives r². */
function power(recording: Samples, at: number, hz: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / RATE);
  let one = 0;
  let two = 0;
  for (let i = 0; i < WINDOW; i += 1) {
    const zero = (recording[at + i] ?? 0) + turn * one - two;
    two = one;
    one = zero;
  }
  return (2 * (one * one + two * two - turn * one * two)) / (WINDOW * WINDOW);
}
