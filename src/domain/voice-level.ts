/** Loudness of a recording, in dB relative to full scale. */
export interface Loudness {
  /** RMS without the pauses. */
  readonly rms: number;
  readonly peak: number;
}

/** The judgement of a headset. */
export const VOICE_LEVELS = ['good', 'soft', 'loud', 'none'] as const;
export type VoiceLevel = (typeof VOICE_LEVELS)[number];

/** Speech has peaks well above this. A recording below it contains noise at most. */
const NOTHING_PEAK = -40;
/**
 * Speech on a telephone line lies around -26 dB (ITU-T G.111 and P.56). Speech ten dB softer is hard to
 * follow.
 */
const SOFT_RMS = -36;
const LOUD_RMS = -13;
/**
 * Distorted speech: peaks at the top of the range, and loud overall. G.711 itself ends 0.2 dB below full
 * scale.
 */
const CLIPPED_PEAK = -0.5;
const CLIPPED_RMS = -18;

/** Judges the loudness of a voice for a listener. */
export function voiceLevel({ rms, peak }: Loudness): VoiceLevel {
  if (peak < NOTHING_PEAK) return 'none';
  if (rms > LOUD_RMS || (peak > CLIPPED_PEAK && rms > CLIPPED_RMS)) return 'loud';
  return rms < SOFT_RMS ? 'soft' : 'good';
}
