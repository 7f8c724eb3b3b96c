/** One problem with the input: where it is, and what is allowed. */
export interface FieldProblem {
  /** Dotted path of the field, `area.postcodes.0`; `line 12` for a line of an import. */
  readonly field: string;
  /** The problem and the allowed values, in a sentence. */
  readonly message: string;
  /** For `look_alike`: the other action that looks like this one. */
  readonly action?: { readonly id: number; readonly number: number; readonly title: string };
}

/** Stable codes of refusals. The HTTP adapter maps them to a status. */
export const PROBLEM_CODES = [
  'invalid',
  'not_found',
  'conflict',
  'not_ready',
  'changed',
  'look_alike',
  'no_trunk',
  'unauthorized',
  'unavailable',
  'too_large',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/**
 * Thrown when a request is refused: bad input, a state that forbids it, an object that does not exist.
 * Nothing has been changed when it is thrown.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly fields: readonly FieldProblem[] = [],
  ) {
    super(message);
  }
}

/**
 * A parsed value, or the reason why the text cannot be parsed. Nothing is thrown, because a text that cannot
 * be parsed is an ordinary result.
 */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refused = (reason: string): Parsed<never> => ({ ok: false, reason });
