import { nameOfCharacter, plainCharacters } from '../lib/plain-signs.js';
import type { Coordinates } from './coordinates.js';
import { parsed, refused, type Parsed } from './problem.js';

/** A Dutch postcode: four digits, and two letters if they are known. */
export interface Postcode {
  /** 1000–9999. */
  readonly pc4: number;
  /** Two capitals; null for a PC4. The letters SA, SD and SS are not given out. */
  readonly letters: string | null;
}

/** One part of an area: a whole PC4 range (both ends included) or one PC6. */
export type AreaPart =
  | { readonly type: 'range'; readonly from: number; readonly to: number }
  | { readonly type: 'pc6'; readonly pc4: number; readonly letters: string };

/** The area of an action: every postcode in it is called. At least one part. */
export interface Area {
  readonly parts: readonly AreaPart[];
  /** The place of the incident. Participants who live nearest to it are called first. */
  readonly near?: Coordinates;
}

const POSTCODE = /^([1-9]\d{3})\s*([A-Za-z]{2})?$/;
const FORBIDDEN_LETTERS = new Set(['SA', 'SD', 'SS']);
const HINT = 'give four digits from 1000 and optionally two letters, such as 8251 or 8251AB';

/** Removes what spreadsheets add: `'8251AB`, `="8251AB"`, `8251.0`. */
function asTyped(text: string): string {
  const plain = plainCharacters(text).trim();
  const bare = /^="(.*)"$/.exec(plain)?.[1] ?? plain;
  return bare
    .replace(/^['’‘`´]+|['’‘`´]+$/g, '')
    .replace(/^(\d{4})[.,]0+$/, '$1')
    .trim();
}

/** Names the first character outside ASCII, because it may be invisible or look like another. */
function strangeSign(text: string): string {
  const strange = /[^\x20-\x7e]/u.exec(text);
  return strange ? `: it contains ${nameOfCharacter(strange[0])}` : '';
}

/** Reads `8251`, `8251AB`, `8251 ab`. */
export function parsePostcode(given: string): Parsed<Postcode> {
  const text = asTyped(given);
  const match = POSTCODE.exec(text);
  if (!match?.[1]) return refused(`'${text}' is not a postcode${strangeSign(text)}; ${HINT}`);
  const letters = match[2]?.toUpperCase() ?? null;
  if (letters !== null && FORBIDDEN_LETTERS.has(letters)) {
    return refused(`'${text}' is not a postcode; the letters SA, SD and SS are not used`);
  }
  return parsed({ pc4: Number(match[1]), letters });
}

/** Reads one entry of `area.postcodes`: `8251`, `8252AB` or `8253-8255`. */
export function parseAreaPart(given: string): Parsed<AreaPart> {
  const text = asTyped(given);
  const range = /^([1-9]\d{3})\s*-\s*([1-9]\d{3})$/.exec(text);
  if (range) {
    const from = Number(range[1]);
    const to = Number(range[2]);
    if (from > to) return refused(`'${text}' runs backwards; write the lower postcode first`);
    return parsed({ type: 'range', from, to });
  }
  const one = parsePostcode(text);
  if (!one.ok) {
    if (POSTCODE.test(text)) return one;
    return refused(`'${text}' is not a postcode or range${strangeSign(text)}; give 8251, 8251AB or 8253-8255`);
  }
  const { pc4, letters } = one.value;
  return parsed(letters === null ? { type: 'range', from: pc4, to: pc4 } : { type: 'pc6', pc4, letters });
}

/**
 * Reads an area from the keys of a telephone, which has no letters: `8251` or `8251*8256`. Returns an entry
 * of `area.postcodes`.
 */
export function parseDialledArea(keys: string): Parsed<string> {
  const match = /^(\d{4})(?:\*(\d{4}))?$/.exec(keys);
  if (!match?.[1]) return refused(`'${keys}' is not a postcode or range; dial 8251 or 8251*8256`);
  const [, from, to = from] = match;
  const part = parseAreaPart(to === from ? from : `${from}-${to}`);
  return part.ok ? parsed(formatAreaPart(part.value)) : part;
}

/** Whether a participant's postcode lies in the area. A PC4 never lies in a PC6, because it is larger. */
export function inArea(postcode: Postcode, area: Area): boolean {
  return area.parts.some((part) =>
    part.type === 'range'
      ? postcode.pc4 >= part.from && postcode.pc4 <= part.to
      : postcode.pc4 === part.pc4 && postcode.letters === part.letters,
  );
}

/** Whether two areas have a postcode in common. */
export function areasOverlap(one: Area, other: Area): boolean {
  return one.parts.some((a) => other.parts.some((b) => partsOverlap(a, b)));
}

function partsOverlap(a: AreaPart, b: AreaPart): boolean {
  const [from, to] = a.type === 'range' ? [a.from, a.to] : [a.pc4, a.pc4];
  const [otherFrom, otherTo] = b.type === 'range' ? [b.from, b.to] : [b.pc4, b.pc4];
  if (from > otherTo || otherFrom > to) return false;
  return a.type === 'range' || b.type === 'range' || a.letters === b.letters;
}

export function formatPostcode(postcode: Postcode): string {
  return `${postcode.pc4}${postcode.letters ?? ''}`;
}

export function formatAreaPart(part: AreaPart): string {
  if (part.type === 'pc6') return `${part.pc4}${part.letters}`;
  return part.from === part.to ? `${part.from}` : `${part.from}-${part.to}`;
}
