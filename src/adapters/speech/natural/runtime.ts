/** The part of sherpa-onnx-node that we use. The package has no types. */
export interface Runtime {
  readonly OfflineTts: new (config: {
    readonly model: {
      readonly vits: {
        readonly model: string;
        readonly tokens: string;
        readonly lengthScale: number;
        readonly noiseScale: number;
        readonly noiseScaleW: number;
      };
      readonly numThreads: number;
      readonly provider: 'cpu';
    };
    readonly maxNumSentences: number;
  }) => {
    generate(request: {
      readonly text: string;
      readonly generationConfig: object;
      /** False: the samples are copied, because memory of the runtime cannot be sent to another process. */
      readonly enableExternalBuffer: boolean;
    }): { readonly samples: Float32Array; readonly sampleRate: number };
  };
  readonly GenerationConfig: new (config: {
    readonly sid: number;
    readonly speed: number;
    readonly silenceScale: number;
  }) => object;
}
