/** ITU-T G.711. The encoder follows the reference code of ITU-T G.191 (g711.c). */

/** A-law codes of 16-bit samples, with the even bits inverted as on the line. */
export function encodeALaw(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, aLawOf);
}

/** µ-law codes of 16-bit samples, with all bits inverted as on the line. */
export function encodeMuLaw(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, muLawOf);
}

/** 16-bit samples of A-law codes. */
export function decodeALaw(codes: Uint8Array): Int16Array {
  return Int16Array.from(codes, (code) => {
    const value = (code ^ 0x55) & 0x7f;
    const exponent = value >> 4;
    const mantissa = ((value & 0x0f) << 4) + 8;
    const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
    return code > 127 ? size : -size;
  });
}

/** 16-bit samples of µ-law codes. */
export function decodeMuLaw(codes: Uint8Array): Int16Array {
  return Int16Array.from(codes, (code) => {
    const value = ~code & 0xff;
    const exponent = (value >> 4) & 0x07;
    const size = (((value & 0x0f) << 3) + 0x84) * 2 ** exponent - 0x84;
    return code > 127 ? size : -size;
  });
}

function aLawOf(sample: number): number {
  let size = (sample < 0 ? ~sample : sample) >> 4;
  if (size > 15) {
    let exponent = 1;
    while (size > 31) {
      size >>= 1;
      exponent += 1;
    }
    size += (exponent << 4) - 16;
  }
  return (sample < 0 ? size : size | 0x80) ^ 0x55;
}

function muLawOf(sample: number): number {
  const size = Math.min(((sample < 0 ? ~sample : sample) >> 2) + 33, 0x1fff);
  const segment = 32 - Math.clz32(size >> 6) + 1;
  const code = ((8 - segment) << 4) | (0x0f - ((size >> segment) & 0x0f));
  return sample < 0 ? code : code | 0x80;
}
