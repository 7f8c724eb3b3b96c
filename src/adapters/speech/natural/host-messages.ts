/** The argument of the voice process, as JSON. */
export interface HostOptions {
  readonly model: string;
  readonly tokens: string;
  /** SHA-256 (hex) that the model must have. */
  readonly readySha256: string;
  /** Above 1 is slower. */
  readonly lengthScale: number;
  readonly noiseScale: number;
  readonly noiseScaleW: number;
  readonly threads: number;
}

/** One sentence to speak, in the characters of `piper-tokens.ts`. */
export interface ToHost {
  readonly id: number;
  readonly text: string;
}

export type FromHost =
  | { readonly ready: true }
  | { readonly id: number; readonly samples: Float32Array; readonly rate: number }
  | { readonly id: number; readonly reason: string };
