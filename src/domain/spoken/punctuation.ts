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
    .replace(/…/gu, '...')
    .replace(ONE_AT_START, (_, first: string) => `${first === 'E' ? 'É' : 'é'}én`);
}

/** "Eén", as most people type it: a voice reads it as "ee-één". */
const ONE_AT_START = /(?<!\p{L})([Ee])én/gu;

/**
 * Turns punctuation into pauses: a point for the end of a sentence or a line, a comma for the rest. Each
 * sentence begins with a capital, because a voice ends no sentence before a small letter:
 * "gevlucht. twee mannen" would have no pause.
 */
export function pauses(text: string): string {
  return text
    .replace(/["“”„«»]/gu, '')
    .replace(/\s*[()[\]{}]\s*/gu, ', ')
    .replace(/\s+-+\s+|\s+-+|-+\s+/gu, ', ')
    .replace(/[;:]+/gu, ',')
    .replace(/\s*\n\s*/gu, '. ')
    .replace(/\s+([,.!?])/gu, '$1')
    .replace(DOTTED, dotted)
    .replace(/[,.!?]*[.!?][,.!?]*/gu, strongest)
    .replace(/,{2,}/gu, ',')
    .replace(/([,.!?])(?=[^\s,.!?])/gu, '$1 ')
    .replace(/\s+/gu, ' ')
    .replace(/^[,.\s]+|[,\s]+$/gu, '')
    .replace(FIRST_LETTER, (letter) => letter.toUpperCase())
    .trim();
}

/** The first letter of a sentence after another one, also after "'s", "'t" and the mark of a plate. */
const FIRST_LETTER = /(?<=[.!?] \uE000?(?:'[snt] )?)(?:ij|\p{Ll})/gu;
/** An abbreviation that no rule knows: "n.b.", "o.i.d.". Its letters are said; its points are no ends. */
const DOTTED = /(?<!\p{L})(?:\p{L}\.){2,}(?!\p{L})/gu;

/** The letters of an unknown abbreviation. Its last point stays where a new sentence follows. */
function dotted(found: string, at: number, text: string): string {
  const ends = /^(?:\s+\p{Lu}|\s*$)/u.test(text.slice(at + found.length));
  return `${found.slice(0, -1).replaceAll('.', ' ')}${ends ? '.' : ''}`;
}

/** Of several marks in a row, the one that changes the intonation most. */
function strongest(marks: string): string {
  if (marks.includes('?')) return '?';
  return marks.includes('!') ? '!' : '.';
}
