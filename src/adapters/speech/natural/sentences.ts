/** A part of a text that the voice speaks in one breath, and the silence after it. */
export interface SpokenPart {
  readonly text: string;
  readonly pauseMs: number;
}

const SENTENCE_PAUSE_MS = 650;
/** Before each next letter or digit of a number plate, so that a listener can write them down. */
const SIGN_PAUSE_MS = 350;
const CLAUSE_PAUSE_MS = 250;
/** A longer sentence is divided at a comma: the cost of a sentence grows faster than its length. */
const LONG = 200;

/**
 * Divides a normalised text (`spoken`) into parts. A voice makes its own short pause at a comma, but none
 * between sentences, and each part is spoken by itself.
 */
export function spokenParts(text: string): readonly SpokenPart[] {
  const parts = text
    .split(/(?<=[.!?])\s+/u)
    .flatMap((sentence) => atSigns(sentence))
    .filter(({ text: part }) => /[\p{L}\p{N}]/u.test(part));
  return parts.map((part, i) => (i === parts.length - 1 ? { ...part, pauseMs: 0 } : part));
}

/** One sign of a plate, or a group of digits of a telephone number, between commas. */
const SIGN = /^(?:(?:[A-Z]|nul|één|twee|drie|vier|vijf|zes|zeven|acht|negen)(?: |$))+$/u;

function atSigns(sentence: string): SpokenPart[] {
  const clauses = sentence.split(/(?<=,)\s+/u);
  const isSign = clauses.map((clause) => SIGN.test(clause.replace(/[,.!?]+$/u, '')));
  const parts: SpokenPart[] = [];
  let open = '';
  clauses.forEach((clause, i) => {
    open = open === '' ? clause : `${open} ${clause}`;
    const last = i === clauses.length - 1;
    const beforeSign = isSign[i + 1] === true;
    if (!last && !beforeSign && isSign[i] !== true && open.length < LONG) return;
    parts.push({ text: open, pauseMs: pauseAfter(last, beforeSign) });
    open = '';
  });
  return parts;
}

function pauseAfter(last: boolean, beforeSign: boolean): number {
  if (last) return SENTENCE_PAUSE_MS;
  return beforeSign ? SIGN_PAUSE_MS : CLAUSE_PAUSE_MS;
}
