import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { invalid } from '../../plain-issues.js';

const LF = 0x0a;
const CR = 0x0d;
/** No line of a real file is longer; a body without any newline must not fill the memory. */
const MAX_LINE_BYTES = 100_000;
/** So much of a file says what kind of file it is. */
const HEAD_BYTES = 64;

/** What Windows-1252 has from 0x80 to 0x9f where Latin-1 has control characters. Node 20's own decoder leaves them out. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** First bytes of files that programs save when a person forgets to choose CSV. */
const NO_TEXT: readonly { readonly start: string; readonly what: string }[] = [
  { start: 'PK\x03\x04', what: 'a workbook (Excel, LibreOffice or Numbers) or a zip file' },
  { start: '\xd0\xcf\x11\xe0', what: 'an old Excel workbook' },
  { start: '%PDF', what: 'a PDF document' },
  { start: '\x1f\x8b', what: 'a compressed file' },
  { start: '{\\rtf', what: 'an RTF document' },
  { start: 'SQLite format 3', what: 'a database' },
];

/**
 * The lines of a text file, in batches as they come in: without BOM, with LF, CRLF or CR. UTF-8, UTF-16 or Windows-1252: a
 * line that is not UTF-8 is Windows-1252, which spreadsheets write; so the whole file need not be seen first.
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

/** Where the last whole line ends. A CR at the very end may be the first half of a CRLF: it waits for what comes next. */
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

/** The bytes of the text without its BOM; UTF-16 becomes UTF-8. Throws for a file that is no text. */
async function* inUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let decoder: TextDecoder | undefined;
  const decoded = (block: Buffer, more: boolean): Buffer => {
    const text = decoder ? Buffer.from(decoder.decode(block, { stream: more })) : block;
    if (text.includes(0)) throw refuse('holds U+0000 NUL signs: this is not a text file; save it as CSV UTF-8');
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

/** A decoder of UTF-16 leaves the BOM out by itself. Without one, the empty halves of ASCII letters tell. */
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
