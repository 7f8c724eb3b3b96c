import { envelope, likeness, rms, shapeLikeness } from './correlation.js';
import { RATE, type Samples } from './sound-file.js';

/** What somebody heard, from the recording of it. Times are ms from its beginning, which is the answer. */

const MS = RATE / 1000;

/** −50 dB of full scale: above the noise of G.711's smallest steps, below any speech. */
const SOUND = 0.003;
const SOUND_WINDOW = 5 * MS;

/** When the first sound began; undefined when there was none. */
export function firstSoundMs(recording: Samples, fromMs = 0): number | undefined {
  for (let at = fromMs * MS; at < recording.length; at += SOUND_WINDOW) {
    if (rms(recording, at, Math.min(SOUND_WINDOW, recording.length - at)) > SOUND) return at / MS;
  }
  return undefined;
}

/** One time that a known sound was heard. */
export interface Hearing {
  readonly atMs: number;
  /** How much of it, from its beginning on. */
  readonly heardMs: number;
  /** Silence that came in between: packets that were late. */
  readonly addedMs: number;
  /** What was left out in between: packets that were lost. */
  readonly lostMs: number;
  /** To its end, but for 60 ms, and at most a tenth of it lost. */
  readonly complete: boolean;
}

/** The beginning of a sound, by which it is found; its loudness is compared every 10 ms. */
const ANCHOR = 1_200 * MS;
const LEAST_ANCHOR = 200 * MS;
/** Parts of it by which a sound is found that was torn in its beginning. */
const LATER = [0, 300 * MS, 600 * MS];
const LATER_LENGTH = 600 * MS;
const HOP = 10 * MS;
/** Least likeness of the loudness' shape, and of the samples themselves. */
const SHAPE = 0.75;
/** A shorter part is like more, so it must be more alike. */
const SHAPE_OF_PART = 0.88;
const SAME = 0.85;
/** The rest is followed in blocks. */
const BLOCK = 250 * MS;
const PIECE = 20 * MS;
const SHORT = 80 * MS;
const EARLY = 400 * MS;
const NEAR = 30 * MS;
/** A moment of the same voice may be alike; so much must follow. */
const LEAST = 400 * MS;
/** After a disturbance this much of it must be found again, after at most so much silence, with at most so much lost. */
const FOUND_AGAIN = 60 * MS;
const MOST_ADDED = 300 * MS;
const MOST_LOST = 60 * MS;
const MOST_LOST_SHARE = 0.1;
const NEAR_END_MS = 60;
/** A sound that began just before the recording did is found all the same. */
const BEFORE = 60 * MS;

/**
 * Every time that the sound was heard, whole or cut off. Both must have been G.711; loudness does not matter. A sound
 * must not be one steady tone: see `toneMarks` for those.
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
    // One that was cut off may begin again at once: what seemed to follow the cut may be the new beginning.
    free = at + (complete ? Math.max(to + added - lost - start, anchorLength / 2) : anchorLength / 2);
    found.push({ atMs: (at - start - BEFORE) / MS, heardMs, addedMs: added / MS, lostMs: lost / MS, complete });
  }
  return found;
}

/** A place in a recording where the sound begins to sound, and how far it is followed from there. */
interface Beginning extends Followed {
  readonly at: number;
}

/**
 * Where the sound begins, in order: where its beginning is, and where a later part of it is that can be followed back to
 * a beginning. A packet that was late or lost leaves no likeness in the part that it tears.
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
  /** With silence before it. */
  readonly recording: Samples;
  readonly levels: Float32Array;
}

/** Several sounds are looked for in one recording. */
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

/** How often the whole sound was heard. */
export function timesHeard(recording: Samples, sound: Samples): number {
  return hearings(recording, sound).filter(({ complete }) => complete).length;
}

/** Sample at which the sound begins to sound. */
function onset(sound: Samples): number {
  return (firstSoundMs(sound) ?? 0) * MS;
}

/** Silence at the end of a sound, ms: nobody can tell whether they heard it. */
function tailMs(sound: Samples): number {
  let end = sound.length;
  while (end > SOUND_WINDOW && rms(sound, end - SOUND_WINDOW, SOUND_WINDOW) <= SOUND) end -= SOUND_WINDOW;
  return (sound.length - end) / MS;
}

/** Offsets where the likeness is high and highest within 100 ms, in order. */
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

/** The exact sample at which the anchor begins; undefined when its first loud moment is not there after all. */
function pin(recording: Samples, anchor: Samples, near: number): number | undefined {
  const from = loudest(anchor.subarray(0, EARLY), SHORT);
  let best = { at: near, same: 0 };
  for (let at = near - NEAR; at <= near + NEAR; at += 1) {
    const same = likeness(recording, at + from, anchor, from, Math.min(SHORT, anchor.length));
    if (same > best.same) best = { at, same };
  }
  return best.same >= SAME ? best.at : undefined;
}

/** Where the loudest stretch of this length begins. */
function loudest(sound: Samples, length: number): number {
  let best = { from: 0, level: -1 };
  for (let from = 0; from + length <= sound.length; from += length / 2) {
    const level = rms(sound, from, length);
    if (level > best.level) best = { from, level };
  }
  return best.from;
}

interface Followed {
  /** Sample of the sound up to which it was heard. */
  readonly to: number;
  readonly added: number;
  readonly lost: number;
}

/** Follows the sound from `from` on, across silence that came in between and pieces that are missing. */
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
    // A pause may have grown: it goes on with the next thing that sounds.
    const next = nextSounding(sound, cut);
    if (next === undefined) break;
    const again = foundAgain(recording, sound, next, { from: shift - MOST_LOST, to: shift + MOST_ADDED });
    if (again === undefined) return { to: cut, added, lost };
    lost += again.lost;
    added += Math.max(0, again.shift - shift + again.lost);
    shift = again.shift;
    // What was found again need not be looked at once more: so there is always a step forward.
    position = again.position + Math.min(FOUND_AGAIN, sound.length - again.position);
  }
  return { to: sound.length, added, lost };
}

/** The last piece of a block that still was the sound. */
function cutWithin(recording: Samples, sound: Samples, position: number, length: number, shift: number): number {
  let end = position;
  for (let i = position; i + PIECE <= position + length; i += PIECE) {
    if (rms(sound, i, PIECE) <= SOUND) continue;
    if (likeness(recording, i + shift, sound, i, PIECE) < SAME) break;
    end = i + PIECE;
  }
  return end;
}

/** The next piece that sounds, and with what follows it is loud enough to be found again. */
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
 * Where the sound goes on after a disturbance, later by some silence or without its next pieces: the first piece that is
 * there, and its shift, which is one of these. Pauses are passed over: nobody can tell what became of silence. Undefined:
 * nowhere.
 */
function foundAgain(
  recording: Samples,
  sound: Samples,
  cut: number,
  shifts: { from: number; to: number },
): FoundAgain | undefined {
  // The cut may lie up to a piece before what is missing.
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
