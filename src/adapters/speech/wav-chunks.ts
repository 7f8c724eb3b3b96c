import { Unusable } from './audio.js';

/** The `fmt ` chunk. For WAVE_FORMAT_EXTENSIBLE, `code` is that of the extension. */
export interface WavFormat {
  /** 1 PCM, 3 IEEE float, 6 A-law, 7 µ-law. Others cannot be played. */
  readonly code: number;
  readonly channels: number;
  /** Hz. */
  readonly rate: number;
  /** Bits per sample and channel in the file: 8 to 64. */
  readonly bits: number;
}

const EXTENSIBLE = 0xfffe;

/**
 * Finds the format and the samples in a RIFF/WAVE file (Microsoft Multimedia Programming Interface 1.0;
 * `mmreg.h`). A chunk size that goes beyond the file is cut off at its end. Throws {@link Unusable}
 * `not_a_wav`.
 */
export function readWavChunks(file: Uint8Array): { format: WavFormat; data: Uint8Array } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const name = (at: number): string => String.fromCharCode(...file.subarray(at, at + 4));
  if (file.byteLength < 12 || !['RIFF', 'RF64'].includes(name(0)) || name(8) !== 'WAVE') throw notAWav();
  let format: WavFormat | undefined;
  for (let at = 12; at + 8 <= file.byteLength;) {
    const id = name(at);
    const start = at + 8;
    const size = view.getUint32(at + 4, true);
    if (id === 'fmt ' && size >= 16 && start + 16 <= file.byteLength) format = readFormat(view, start, size);
    if (id === 'data') {
      if (format === undefined) throw notAWav();
      return { format, data: file.subarray(start, dataEnd(file, start, size)) };
    }
    at = start + size + (size % 2);
  }
  throw notAWav();
}

/**
 * A program that writes to a pipe cannot go back to fill in the size, and leaves 0 or 0xFFFFFFFF. The whole
 * rest of the file is samples then.
 */
function dataEnd(file: Uint8Array, start: number, size: number): number {
  return size === 0 || start + size > file.byteLength ? file.byteLength : start + size;
}

function readFormat(view: DataView, at: number, size: number): WavFormat {
  const code = view.getUint16(at, true);
  const extensible = code === EXTENSIBLE && size >= 26 && at + 26 <= view.byteLength;
  return {
    code: extensible ? view.getUint16(at + 24, true) : code,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

function notAWav(): Unusable {
  return new Unusable(
    'not_a_wav',
    'This is not a wav file. A wav file (RIFF/WAVE, PCM) of 0.5 to 120 seconds is allowed.',
  );
}
