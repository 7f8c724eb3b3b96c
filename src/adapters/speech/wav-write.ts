/** RIFF, `fmt ` and `data` headers of a PCM file, in bytes. */
const HEADER_BYTES = 44;
const PCM = 1;
const BYTES_A_SAMPLE = 2;

/** Mono 16-bit samples as a wav file (Microsoft Multimedia Programming Interface 1.0, RIFF/WAVE). */
export function writeWav(rate: number, samples: Int16Array): Uint8Array {
  const dataBytes = samples.length * BYTES_A_SAMPLE;
  const file = Buffer.alloc(HEADER_BYTES + dataBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16); // size of the rest of `fmt `
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(1, 22); // channels
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * BYTES_A_SAMPLE, 28); // bytes a second
  file.writeUInt16LE(BYTES_A_SAMPLE, 32); // bytes a frame
  file.writeUInt16LE(8 * BYTES_A_SAMPLE, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(dataBytes, 40);
  samples.forEach((sample, index) => file.writeInt16LE(sample, HEADER_BYTES + index * BYTES_A_SAMPLE));
  return file;
}
