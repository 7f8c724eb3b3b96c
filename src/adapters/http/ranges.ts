import type { Request, Response } from 'express';
import { HttpError } from './errors.js';

/**
 * Sends a wav file, or the requested range of it (RFC 9110, section 14), because a browser's player needs
 * ranges to seek. A request for several ranges, or with `If-Range` on a validator (we send none), gets all
 * bytes, as the RFC allows.
 */
export function sendWav(req: Request, res: Response, wav: Uint8Array): void {
  const bytes = Buffer.from(wav.buffer, wav.byteOffset, wav.byteLength);
  res.type('audio/wav').setHeader('Accept-Ranges', 'bytes');
  const ranges = req.get('if-range') === undefined ? req.range(bytes.length) : undefined;
  if (ranges === -1) {
    res.setHeader('Content-Range', `bytes */${bytes.length}`);
    throw new HttpError(416, 'invalid', `the sound has ${bytes.length} bytes`, [
      { field: 'headers.range', message: 'lies outside the sound' },
    ]);
  }
  const [range, ...more] = Array.isArray(ranges) && ranges.type === 'bytes' ? ranges : [];
  if (range === undefined || more.length > 0) {
    res.send(bytes);
    return;
  }
  res.status(206).setHeader('Content-Range', `bytes ${range.start}-${range.end}/${bytes.length}`);
  res.send(bytes.subarray(range.start, range.end + 1));
}
