import type { Audio } from './audio.js';
import { WIDE_RATE } from './audio.js';

/** Goes up with every change of a sound below. */
export const TONES_VERSION = 1;

/** "Speak after the tone": 880 Hz, 400 ms. No part of a DTMF digit (ITU-T Q.23), so that no detector takes it for one. */
export function beep(): Audio {
  return tone(0.4, (t) => 0.18 * Math.sin(2 * Math.PI * 880 * t) * Math.min(1, t / 0.01, (0.4 - t) / 0.02));
}

/**
 * What a waiting caller hears: two soft notes a fourth apart (G4 392 Hz, C5 523 Hz) that come up and die away, and then
 * quiet, so that it can be listened to for minutes. Six seconds that begin and end in silence: it loops without a click.
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

/** "It rings": 425 Hz, a second in every five (ETSI TR 101 041-2, the Netherlands). It loops without a click. */
export function ringing(): Audio {
  return tone(5, (t) => (t < 1 ? 0.1 * Math.sin(2 * Math.PI * 425 * t) * Math.min(1, t / 0.02, (1 - t) / 0.02) : 0));
}

/** Seconds of nothing. */
export function quiet(seconds: number): Audio {
  return tone(seconds, () => 0);
}

/** A soft note `t` seconds after it was struck; its octave dies sooner. */
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
