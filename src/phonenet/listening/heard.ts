import { envelope, likeness, rms, shapeLikeness } from './correlation.js';
import { RATE, type Samples } from './sound-file.js';

/**
 * Finds known sounds in the recording of a call. Times are ms from the start of the recording, which is the
 * answer.
 */

const MS = RATE / 1000;

/** −50 dB of full scale: above the noise of G.711's smallest steps, below all speech. */
const SOUND = 0.003;
const SOUND_WINDOW = 5 * MS;

/** The start of the first sound, ms; undefined in silence. */
export function firstSoundMs(recording: Samples, fromMs = 0): number | undefined {
  for (let at = fromMs * MS; at < recording.length; at += SOUND_WINDOW) {
    if (rms(recording, at, Math.min(SOUND_WINDOW, recording.length - at)) > SOUND) return at / MS;
  }
  return undefined;
}

/** One playback of a known sound that was heard. */
export interface Hearing {
  readonly atMs: number;
  /** How much of the sound was heard, from its start on. */
  readonly heardMs: number;
  /** Silence that was inserted because packets were late. */
  readonly addedMs: number;
  /** Parts that are missing because packets were lost. */
  readonly lostMs: number;
  /** Heard to its end (the last 60 ms may be missing), with at most a tenth lost. */
  readonly complete: boolean;
}

/** Length of the first part of a sound, by which it is found. Its loudness is compared every 10 ms. */
const ANCHOR = 1_200 * MS;
const LEAST_ANCHOR = 200 * MS;
/** Starts of later parts, by which a sound is found when its first part was torn. */
const LATER = [0, 300 * MS, 600 * MS];
const LATER_LENGTH = 600 * MS;
const HOP = 10 * MS;
/**
 * Least correlation of the shape of the loudness. SAME is the least correlation of the samples themselves.
 */
const SHAPE = 0.75;
/** A shorter part resembles more other sounds, so it needs a higher correlation. */
const SHAPE_OF_PART = 0.88;
const SAME = 0.85;
/** After its first part a sound is followed in blocks of this length. */
const BLOCK = 250 * MS;
const PIECE = 20 * MS;
const SHORT = 80 * MS;
const EARLY = 400 * MS;
const NEAR = 30 * MS;
/** A short moment of the same voice can look alike, so at least this much of the sound must follow. */
const LEAST = 400 * MS;
/**
 * After a disturbance this much of the sound must be found again, after at most MOST_ADDED, with at most
 * MOST_LOST lost.
 */
const FOUND_AGAIN = 60 * MS;
const MOST_ADDED = 300 * MS;
const MOST_LOST = 60 * MS;
const MOST_LOST_SHARE = 0.1;
const NEAR_END_MS = 60;
/** A sound that began this shortly before the recording is still found. */
const BEFORE = 60 * MS;

/**
 * Every playback of the sound in the recording, complete or cut off. The recording and the sound must both
 * have been encoded in G.711. Loudness does not matter. The sound must not be one steady tone: `toneMarks`
 * finds those.
 */
export function hearings(recorded: Samples, sound: Samples): readonly Hearing[] {
  const { recording, levels } = prepared(recorded);
  const start = onset(sound);
  const anchorLength = Math.min(ANCHOR, sound.length - start);
  if (anchorLength < LEAST_ANCHOR) return [];
  const found: Hearing[] = [];
  let free = 0;
  for (const { at, to, added, lost } of beginnings(recording, levels, sound, start)) {
    if (at < free) continue;
    const heardMs = to / MS;
    const whole = heardMs >= sound.length / MS - tailMs(sound) - NEAR_END_MS;
    const complete = whole && lost <= MOST_LOST_SHARE * sound.length;
    // A sound that was cut off may start again at once, so the part that seemed to follow the cut may be the
    // new start.
    free = at + (complete ? Math.max(to + added - lost - start, anchorLength / 2) : anchorLength / 2);
    found.push({ atMs: (at - start - BEFORE) / MS, heardMs, addedMs: added / MS, lostMs: lost / MS, complete });
  }
  return found;
}

/**
 * A sample of a recording at which the sound becomes audible, and how far the sound is followed from there.
 */
interface Beginning extends Followed {
  readonly at: number;
}

/**
 * The starts of the sound, in order. A start is found by the first part of the sound, or by a later part,
 * because a late or lost packet destroys the correlation of the part that it tears.
 */
function beginnings(recording: Samples, levels: Float32Array, sound: Samples, start: number): readonly Beginning[] {
  const anchor = sound.subarray(start, start + ANCHOR);
  const found: Beginning[] = [];
  const add = (at: number, least: number): void => {
    const followed = follow(recording, at - start, sound, start);
    if (followed.to - start >= Math.min(least, 0.8 * (sound.length - start))) found.push({ at, ...followed });
  };
  const begun = (from: number, to: number): number | undefined => {
    const first = foundAgain(recording, sound, start, { from: from - start, to: to - start });
    return first && first.shift + start;
  };
  for (const at of placesOf(recording, levels, anchor, SHAPE)) {
    const intact = likeness(recording, at, sound, start, FOUND_AGAIN) >= SAME;
    add(intact ? at : (begun(at - MOST_ADDED, at + MOST_LOST) ?? at), LEAST);
  }
  for (const later of LATER) {
    const part = sound.subarray(start + later, start + later + LATER_LENGTH);
    if (part.length < LATER_LENGTH) break;
    for (const at of placesOf(recording, levels, part, SHAPE_OF_PART)) {
      const [earliest, latest] = [at - later - MOST_ADDED, at - later + MOST_LOST];
      if (found.some(({ at: known }) => known >= earliest && known <= latest)) continue;
      const first = begun(earliest, latest);
      if (first !== undefined) add(first, anchor.length);
    }
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Samples of the recording at which this part of a sound begins. */
function placesOf(recording: Samples, levels: Float32Array, part: Samples, least: number): readonly number[] {
  return peaks(shapeLikeness(levels, envelope(part, HOP)), least)
    .map((hop) => pin(recording, part, hop * HOP))
    .filter((at) => at !== undefined);
}

interface Prepared {
  /** The recording with silence before it. */
  readonly recording: Samples;
  readonly levels: Float32Array;
}

/** Kept because several sounds are searched in one recording. */
const preparations = new WeakMap<Samples, Prepared>();

function prepared(recorded: Samples): Prepared {
  const known = preparations.get(recorded);
  if (known) return known;
  const recording = new Float32Array(BEFORE + recorded.length);
  recording.set(recorded, BEFORE);
  const made = { recording, levels: envelope(recording, HOP) };
  preparations.set(recorded, made);
  return made;
}

/** How often the complete sound was heard. */
export function timesHeard(recording: Samples, sound: Samples): number {
  return hearings(recording, sound).filter(({ complete }) => complete).length;
}

/** Sample at which the sound becomes audible. */
function onset(sound: Samples): number {
  return (firstSoundMs(sound) ?? 0) * MS;
}

/** Silence at the end of a sound, ms. A recording does not show whether it was played. */
function tailMs(sound: Samples): number {
  let end = sound.length;
  while (end > SOUND_WINDOW && rms(sound, end - SOUND_WINDOW, SOUND_WINDOW) <= SOUND) end -= SOUND_WINDOW;
  return (sound.length - end) / MS;
}

/** Offsets at which the correlation is at least `least` and the highest within 100 ms, in order. */
function peaks(shape: Float32Array, least: number): number[] {
  const reach = (100 * MS) / HOP;
  const found: number[] = [];
  for (let i = 0; i < shape.length; i += 1) {
    const value = shape[i] ?? 0;
    if (value < least) continue;
    let highest = true;
    for (let k = Math.max(0, i - reach); k <= Math.min(shape.length - 1, i + reach) && highest; k += 1) {
      highest = (shape[k] ?? 0) < value || k === i || (k > i && shape[k] === value);
    }
    if (highest) found.push(i);
  }
  return found;
}

/**
 * The exact sample, near the given one, at which the anchor begins; undefined when its loudest moment is not
 * found there.
 */
function pin(recording: Samples, anchor: Samples, near: number): number | undefined {
  const from = loudest(anchor.subarray(0, EARLY), SHORT);
  let best = { at: near, same: 0 };
  for (let at = near - NEAR; at <= near + NEAR; at += 1) {
    const same = likeness(recording, at + from, anchor, from, Math.min(SHORT, anchor.length));
    if (same > best.same) best = { at, same };
  }
  return best.same >= SAME ? best.at : undefined;
}

/** Start of the loudest stretch of this length. */
function loudest(sound: Samples, length: number): number {
  let best = { from: 0, level: -1 };
  for (let from = 0; from + length <= sound.length; from += length / 2) {
    const level = rms(sound, from, length);
    if (level > best.level) best = { from, level };
  }
  return best.from;
}

interface Followed {
  /** The sample up to which the sound was heard. */
  readonly to: number;
  readonly added: number;
  readonly lost: number;
}

/** Follows the sound from `from` on, across inserted silence and missing pieces. */
function follow(recording: Samples, at: number, sound: Samples, from: number): Followed {
  let shift = at;
  let position = from;
  let [added, lost] = [0, 0];
  while (position < sound.length) {
    const length = Math.min(BLOCK, sound.length - position);
    if (
      rms(sound, position, length) <= SOUND ||
      likeness(recording, position + shift, sound, position, length) >= SAME
    ) {
      position += length;
      continue;
    }
    const cut = cutWithin(recording, sound, position, length, shift);
    // A pause in the sound may have become longer, so the search goes on with the next audible piece.
    const next = nextSounding(sound, cut);
    if (next === undefined) break;
    const again = foundAgain(recording, sound, next, { from: shift - MOST_LOST, to: shift + MOST_ADDED });
    if (again === undefined) return { to: cut, added, lost };
    lost += again.lost;
    added += Math.max(0, again.shift - shift + again.lost);
    shift = again.shift;
    // The part that was found again is skipped, so that every round moves forward.
    position = again.position + Math.min(FOUND_AGAIN, sound.length - again.position);
  }
  return { to: sound.length, added, lost };
}

/** The end of the last piece of a block that still matches the sound. */
function cutWithin(recording: Samples, sound: Samples, position: number, length: number, shift: number): number {
  let end = position;
  for (let i = position; i + PIECE <= position + length; i += PIECE) {
    if (rms(sound, i, PIECE) <= SOUND) continue;
    if (likeness(recording, i + shift, sound, i, PIECE) < SAME) break;
    end = i + PIECE;
  }
  return end;
}

/** The next audible piece that is, with the piece after it, loud enough to be found again. */
function nextSounding(sound: Samples, from: number): number | undefined {
  for (let at = from; at + PIECE <= sound.length; at += PIECE) {
    const length = Math.min(FOUND_AGAIN, sound.length - at);
    if (rms(sound, at, PIECE) > SOUND && rms(sound, at, length) > SOUND) return at;
  }
  return undefined;
}

interface FoundAgain {
  readonly position: number;
  readonly shift: number;
  readonly lost: number;
}

/**
 * Where the sound continues after a disturbance, delayed by silence or without its next pieces: the first
 * piece that is found, and its shift, which lies within `shifts`. Pauses are skipped, because silence cannot
 * be recognized. Undefined when the sound does not continue.
 */
function foundAgain(
  recording: Samples,
  sound: Samples,
  cut: number,
  shifts: { from: number; to: number },
): FoundAgain | undefined {
  // The cut may lie up to one piece before the missing part.
  for (let lost = 0; lost <= MOST_LOST + PIECE; lost += PIECE) {
    const position = nextSounding(sound, cut + lost);
    if (position === undefined) return undefined;
    const length = Math.min(FOUND_AGAIN, sound.length - position);
    let best = { shift: 0, same: 0 };
    for (let shift = shifts.from; shift <= shifts.to; shift += 1) {
      const same = likeness(recording, position + shift, sound, position, length);
      if (same > best.same) best = { shift, same };
    }
    if (best.same >= SAME) return { position, shift: best.shift, lost };
  }
  return undefined;
}
