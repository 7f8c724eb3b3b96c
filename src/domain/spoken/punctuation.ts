/**
 * Removes characters that a speech engine must not get: control characters, halves of surrogate pairs, odd
 * spaces.
 */
export function cleaned(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?/gu, '\n')
    .replace(/\p{Cs}|\p{Co}|\p{Cn}/gu, ' ')
    .replace(/(?![\n\t])\p{Cc}/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Zs}\t]+/gu, ' ')
    .replace(/[–—―‒−]/gu, '-')
    .replace(/º/gu, '°')
    .replace(/[‘’‛`´]/gu, "'")
    .replace(/…/gu, '...');
}

/** Turns punctuation into pauses: a point for the end of a sentence or a line, a comma for the rest. */
export function pauses(text: string): string {
  return text
    .replace(/["“”„«»]/gu, '')
    .replace(/\s*[()[\]{}]\s*/gu, ', ')
    .replace(/\s+-+\s+|\s+-+|-+\s+/gu, ', ')
    .replace(/[;:]+/gu, ',')
    .replace(/\s*\n\s*/gu, '. ')
    .replace(/\s+([,.!?])/gu, '$1')
    .replace(/[,.!?]*[.!?][,.!?]*/gu, strongest)
    .replace(/,{2,}/gu, ',')
    .replace(/([,.!?])(?=[^\s,.!?])/gu, '$1 ')
    .replace(/\s+/gu, ' ')
    .replace(/^[,.\s]+|[,\s]+$/gu, '')
    .trim();
}

/** Of several marks in a row, the one that changes the intonation most. */
function strongest(marks: string): string {
  if (marks.includes('?')) return '?';
  return marks.includes('!') ? '!' : '.';
}
