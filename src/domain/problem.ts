/** One thing that is wrong with what somebody gave us: where, and what is allowed instead. */
export interface FieldProblem {
  /** Dotted path of the field, `area.postcodes.0`; `line 12` for a line of an import. */
  readonly field: string;
  /** What is wrong and what is allowed, in a sentence. */
  readonly message: string;
  /** The other action that stands in the way, for `look_alike`. */
  readonly action?: { readonly id: number; readonly number: number; readonly title: string };
}

/** Stable codes of everything that can be refused. The HTTP edge maps them to a status. */
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
 * Thrown when a request cannot be done as asked: bad input, a state that forbids it, something that is not there.
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

/** A value, or why it is not one. For parsing what people type; ordinary endings are values, not throws. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const refused = (reason: string): Parsed<never> => ({ ok: false, reason });
