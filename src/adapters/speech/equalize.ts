import type { Audio } from './audio.js';
import { filtered, highPass, highShelf } from './biquad.js';

/** Sound below this is not on a line, and takes headroom. Hz. */
const RUMBLE = 200;

/**
 * Shapes a synthetic voice for a telephone line. Sound above 1.5 kHz is raised, because it distinguishes
 * consonants and old ears miss it most.
 */
export function forTelephone({ rate, samples }: Audio): Audio {
  return { rate, samples: filtered(samples, highPass(RUMBLE, rate), highShelf(1500, 4, rate)) };
}

/**
 * Removes hum, steps and wind from a person's recording. Its consonants are not raised: a telephone's
 * microphone does that already (ITU-T P.310), and raising them again would raise hiss too.
 */
export function withoutRumble({ rate, samples }: Audio): Audio {
  return { rate, samples: filtered(samples, highPass(RUMBLE, rate)) };
}
