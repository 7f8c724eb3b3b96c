import type { Audio } from './audio.js';
import { WIDE_RATE } from './audio.js';

/** Increased with every change to a sound below. */
export const TONES_VERSION = 1;

/**
 * The tone after which a caller speaks: 880 Hz, 400 ms. DTMF (ITU-T Q.23) does not use this frequency, so no
 * detector hears a digit.
 */
export function beep(): Audio {
  return tone(0.4, (t) => 0.18 * Math.sin(2 * Math.PI * 880 * t) * Math.min(1, t / 0.01, (0.4 - t) / 0.02));
}

/**
 * Hold audio for waiting callers: two soft notes a fourth apart (G4 392 Hz, C5 523 Hz) that rise and fade,
 * and then silence, so that a caller can listen for minutes. The six seconds begin and end in silence and
 * loop without a click.
 */
export function hold(): Audio {
  const notes = [
    { at: 0, hz: 392, size: 0.16 },
    { at: 1.5, hz: 523.25, size: 0.14 },
    { at: 3, hz: 392, size: 0.1 },
  ];
  return tone(
    6,
    (t) => notes.reduce((sum, note) => sum + note.size * bell(t - note.at, note.hz), 0) * Math.min(1, (6 - t) / 0.5),
  );
}

/**
 * Ringback of the Netherlands (ETSI TR 101 041-2): 425 Hz, one second in every five. Loops without a click.
 */
export function ringing(): Audio {
  return tone(5, (t) => (t < 1 ? 0.1 * Math.sin(2 * Math.PI * 425 * t) * Math.min(1, t / 0.02, (1 - t) / 0.02) : 0));
}

/** Silence. */
export function quiet(seconds: number): Audio {
  return tone(seconds, () => 0);
}

/** A soft note, `t` seconds after it was struck. Its octave fades sooner. */
function bell(t: number, hz: number): number {
  if (t <= 0) return 0;
  const attack = Math.min(1, t / 0.06);
  const wave =
    Math.sin(2 * Math.PI * hz * t) * Math.exp(-1.6 * t) + 0.2 * Math.sin(4 * Math.PI * hz * t) * Math.exp(-3 * t);
  return wave * attack;
}

function tone(seconds: number, at: (t: number) => number): Audio {
  return { rate: WIDE_RATE, samples: Float64Array.from({ length: seconds * WIDE_RATE }, (_, i) => at(i / WIDE_RATE)) };
}
