/** The part of the package that we use. The package has no types. */
declare module '@echogarden/espeak-ng-emscripten' {
  export interface Synthesizer {
    /** Hz. */
    get_samplerate(): number;
    /** 0 when the voice was found. */
    set_voice(name: string, language: string, gender: number, age: number, variant: number): number;
    /** Words a minute, 80 to 450. */
    set_rate(rate: number): void;
    /** 0 to 100; 50 is the voice's own. */
    set_pitch(pitch: number): void;
    /** 0 (flat) to 100; 50 is the voice's own. */
    set_range(range: number): void;
    /** Takes SSML. Calls back with 16-bit samples, piece by piece; a result of `true` stops the synthesis. */
    synthesize(ssml: string, onSamples: (samples: Int16Array | null) => boolean): void;
    /** Takes plain text. Code 0: `ipa` has a line for each clause, without its punctuation. */
    synthesize_ipa(text: string): { readonly code: number; readonly ipa: string };
  }
  export default function load(): Promise<{ eSpeakNGWorker: new () => Synthesizer }>;
}
