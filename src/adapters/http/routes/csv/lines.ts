import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { invalid } from '../../plain-issues.js';

const LF = 0x0a;
const CR = 0x0d;
/** No line of a real file is longer. The limit keeps a body without a newline from filling the memory. */
const MAX_LINE_BYTES = 100_000;
/** Number of bytes from which the kind of file is recognized. */
const HEAD_BYTES = 64;

/** Windows-1252 from 0x80 to 0x9f, where Latin-1 has control characters. Node 20's own decoder lacks them. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** First bytes of files that programs save when the user forgets to choose CSV. */
const NO_TEXT: readonly { readonly start: string; readonly what: string }[] = [
  { start: 'PK\x03\x04', what: 'a workbook (Excel, LibreOffice or Numbers) or a zip file' },
  { start: '\xd0\xcf\x11\xe0', what: 'an old Excel workbook' },
  { start: '%PDF', what: 'a PDF document' },
  { start: '\x1f\x8b', what: 'a compressed file' },
  { start: '{\\rtf', what: 'an RTF document' },
  { start: 'SQLite format 3', what: 'a database' },
];

/**
 * The lines of a text file without its BOM, in batches as they come in. Lines end with LF, CRLF or CR. The
 * encoding is UTF-8, UTF-16 or Windows-1252. A line that is not UTF-8 is read as Windows-1252, which
 * spreadsheets write, because deciding per line needs no look at the whole file first.
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let rest = Buffer.alloc(0);
  for await (const chunk of inUtf8(bytes)) {
    const block = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = endOfLines(block);
    rest = Buffer.from(block.subarray(end));
    if (rest.length > MAX_LINE_BYTES)
      throw refuse(`has a line longer than ${MAX_LINE_BYTES} bytes: this is not a CSV file`);
    if (end > 0) yield decodeLines(withoutLastEnd(block.subarray(0, end)));
  }
  if (rest.length > 0) yield decodeLines(withoutLastEnd(rest));
}

const refuse = (message: string): Error => invalid([{ field: 'body', message }]);

/** The end of the last whole line. A CR at the very end waits for the next block, as an LF may follow. */
function endOfLines(block: Buffer): number {
  const lf = block.lastIndexOf(LF);
  const cr = block.lastIndexOf(CR, -2);
  return Math.max(lf, cr) + 1;
}

function withoutLastEnd(block: Buffer): Buffer {
  let end = block.length;
  if (block[end - 1] === LF) end--;
  if (block[end - 1] === CR) end--;
  return block.subarray(0, end);
}

/** The text as UTF-8 without its BOM. Throws `Problem('invalid')` for a file that is not text. */
async function* inUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let decoder: TextDecoder | undefined;
  const decoded = (block: Buffer, more: boolean): Buffer => {
    const text = decoder ? Buffer.from(decoder.decode(block, { stream: more })) : block;
    if (text.includes(0))
      throw refuse('contains NUL characters (U+0000): this is not a text file; save it as CSV UTF-8');
    return text;
  };
  for await (const chunk of bytes) {
    let block = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head) {
      head = Buffer.concat([head, block]);
      if (head.length < HEAD_BYTES) continue;
      [block, decoder] = begin(head);
      head = undefined;
    }
    yield decoded(block, true);
  }
  if (head) {
    [head, decoder] = begin(head);
    yield decoded(head, false);
  }
}

function begin(head: Buffer): [Buffer, TextDecoder | undefined] {
  const known = NO_TEXT.find(({ start }) => head.subarray(0, start.length).toString('latin1') === start);
  if (known) throw refuse(`is ${known.what}: open it and save the sheet as CSV UTF-8`);
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return [head.subarray(3), undefined];
  const wide = utf16Of(head);
  return wide === undefined ? [head, undefined] : [head, new TextDecoder(wide)];
}

/**
 * Recognizes UTF-16 by its BOM, which the decoder leaves out by itself. Without a BOM, the zero bytes of
 * ASCII letters are at odd offsets (little-endian) or at even offsets (big-endian).
 */
function utf16Of(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const empty = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) empty[index % 2] = (empty[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = empty;
  const most = head.length / 2;
  if (odd > 0.7 * most && even === 0) return 'utf-16le';
  if (even > 0.7 * most && odd === 0) return 'utf-16be';
  return undefined;
}

function decodeLines(block: Buffer): string[] {
  return isUtf8(block)
    ? block.toString('utf8').split(/\r\n|\n|\r/)
    : splitBytes(block).map((line) => (isUtf8(line) ? line.toString('utf8') : fromWindows1252(line)));
}

function fromWindows1252(line: Buffer): string {
  return line.toString('latin1').replace(/[\x80-\x9f]/g, (sign) => WINDOWS[sign.charCodeAt(0) - 0x80] ?? sign);
}

function splitBytes(block: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let at = 0; at < block.length; at++) {
    if (block[at] !== LF && block[at] !== CR) continue;
    lines.push(block.subarray(start, at));
    if (block[at] === CR && block[at + 1] === LF) at++;
    start = at + 1;
  }
  lines.push(block.subarray(start));
  return lines;
}
