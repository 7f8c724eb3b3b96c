/** A QR code as an SVG of its own: black on white in any theme, with the quiet zone that scanners need. */
export async function qrSvg(text: string): Promise<string> {
  // Loaded when it is first asked for: a service that comes back after a crash has callers waiting.
  const { toString } = await import('qrcode');
  return toString(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
}
