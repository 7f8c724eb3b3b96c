/** A QR code as a complete SVG: black on white in any theme, with the quiet zone that scanners need. */
export async function qrSvg(text: string): Promise<string> {
  // Loaded at the first use, because a service that restarts after a crash has callers waiting.
  const { toString } = await import('qrcode');
  return toString(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
}
