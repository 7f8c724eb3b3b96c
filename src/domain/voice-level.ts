/** How loud a recording is, in dB under full scale. */
export interface Loudness {
  /** RMS of what is not a pause. */
  readonly rms: number;
  readonly peak: number;
}

/** What a centralist is told of their headset. */
export const VOICE_LEVELS = ['good', 'soft', 'loud', 'none'] as const;
export type VoiceLevel = (typeof VOICE_LEVELS)[number];

/** Speech has peaks well above this; below it there is noise at most. */
const NOTHING_PEAK = -40;
/** Speech on a telephone line lies around -26 dB (ITU-T G.111 and P.56); ten less is hard to follow. */
const SOFT_RMS = -36;
const LOUD_RMS = -13;
/** At the top of what a line carries, and loud on the whole: it is distorted. G.711 itself ends 0.2 dB under full scale. */
const CLIPPED_PEAK = -0.5;
const CLIPPED_RMS = -18;

/** Whether a voice is good to listen to. */
export function voiceLevel({ rms, peak }: Loudness): VoiceLevel {
  if (peak < NOTHING_PEAK) return 'none';
  if (rms > LOUD_RMS || (peak > CLIPPED_PEAK && rms > CLIPPED_RMS)) return 'loud';
  return rms < SOFT_RMS ? 'soft' : 'good';
}
