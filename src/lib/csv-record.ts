export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/**
 * The fields of one record (RFC 4180), trimmed. `open`: a quoted field is not closed, so the record may go on
 * in the next line. `broken`: there is text between a closing quotation mark and the next delimiter.
 *
 * This reader is our own, because csv-parse loses every line after a misplaced quotation mark, and an import
 * must report on every line.
 */
export function readRecord(text: string, delimiter: Delimiter): string[] | 'open' | 'broken' {
  if (!text.includes('"')) return text.split(delimiter).map((field) => field.trim());
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === ' ' || (text[at] === '\t' && delimiter !== '\t')) at++;
    const quoted = text[at] === '"' ? readQuoted(text, at + 1) : undefined;
    if (quoted === 'open') return 'open';
    const end = quoted?.end ?? at;
    const next = text.indexOf(delimiter, end);
    const rest = text.slice(end, next === -1 ? undefined : next).trim();
    if (quoted && rest !== '') return 'broken';
    fields.push(quoted?.value.trim() ?? rest);
    if (next === -1) return fields;
    at = next + 1;
  }
}

/** Reads a quoted field from after its opening quotation mark. A doubled mark inside stands for one. */
function readQuoted(text: string, start: number): { value: string; end: number } | 'open' {
  let value = '';
  let at = start;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return 'open';
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    at = quote + 2;
  }
}
