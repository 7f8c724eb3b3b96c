import { isUtf8 } from 'node:buffer';
import { invalid } from '../plain-issues.js';

const NEWLINE = 0x0a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** No line of a real file is longer; a body without any newline must not fill the memory. */
const MAX_LINE_BYTES = 100_000;

/** What Windows-1252 has from 0x80 to 0x9f where Latin-1 has control characters. Node 20's own decoder leaves them out. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/**
 * The lines of a text file, in batches as they come in: without BOM, with LF or CRLF. UTF-8 or Windows-1252: a line that
 * is not UTF-8 is Windows-1252, which spreadsheets write; so the whole file need not be seen first.
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let rest = Buffer.alloc(0);
  let start = true;
  for await (const chunk of bytes) {
    let block = Buffer.concat([rest, chunk]);
    if (start && block.length < BOM.length) {
      rest = block;
      continue;
    }
    if (start) block = withoutBom(block);
    start = false;
    const end = block.lastIndexOf(NEWLINE) + 1;
    rest = block.subarray(end);
    if (rest.length > MAX_LINE_BYTES) {
      throw invalid([
        { field: 'body', message: `has a line longer than ${MAX_LINE_BYTES} bytes: this is not a CSV file` },
      ]);
    }
    if (end > 0) yield decodeLines(block.subarray(0, end - 1));
  }
  if (start) rest = withoutBom(rest);
  if (rest.length > 0) yield decodeLines(rest);
}

function withoutBom(block: Buffer): Buffer<ArrayBuffer> {
  const utf16 = (block[0] === 0xff && block[1] === 0xfe) || (block[0] === 0xfe && block[1] === 0xff);
  if (utf16) throw invalid([{ field: 'body', message: 'is UTF-16; save the file as CSV UTF-8' }]);
  return Buffer.from(block.subarray(0, BOM.length).equals(BOM) ? block.subarray(BOM.length) : block);
}

function decodeLines(block: Buffer): string[] {
  const lines = isUtf8(block)
    ? block.toString('utf8').split('\n')
    : splitBytes(block).map((line) => (isUtf8(line) ? line.toString('utf8') : fromWindows1252(line)));
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

function fromWindows1252(line: Buffer): string {
  return line.toString('latin1').replace(/[\x80-\x9f]/g, (sign) => WINDOWS[sign.charCodeAt(0) - 0x80] ?? sign);
}

function splitBytes(block: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = block.indexOf(NEWLINE); end !== -1; end = block.indexOf(NEWLINE, start)) {
    lines.push(block.subarray(start, end));
    start = end + 1;
  }
  lines.push(block.subarray(start));
  return lines;
}
