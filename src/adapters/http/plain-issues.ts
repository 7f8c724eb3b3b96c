import type { z } from 'zod';
import { Problem, type FieldProblem } from '../../domain/problem.js';

/** Turns zod's issues into messages that a user of the API can act on. */

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** Checks a value against a schema. Throws `Problem('invalid')` with every field that is wrong. */
export function check<S extends z.ZodType>(schema: S, value: unknown, root: string): z.output<S> {
  const result = schema.safeParse(value, { error: plainMessage });
  if (result.success) return result.data;
  throw invalid(result.error.issues.flatMap((issue) => fieldProblems(issue, root)));
}

/** The problem of a request whose fields are wrong. */
export function invalid(fields: readonly FieldProblem[]): Problem {
  return new Problem('invalid', fields.map(({ field, message }) => `${field}: ${message}`).join('; '), fields);
}

function fieldProblems(issue: z.core.$ZodIssue, root: string): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'is not known here; leave it out' }));
  }
  return [{ field: path.join('.') || root, message: issue.message }];
}

/** A message for each issue whose schema has no message of its own; undefined keeps zod's message. */
function plainMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const kind = KINDS[issue.expected] ?? issue.expected;
      return issue.input === undefined ? `is required: ${kind}` : `must be ${kind}`;
    }
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return sizeMessage(issue.origin, 'least', Number(issue.minimum));
    case 'too_big':
      return sizeMessage(issue.origin, 'most', Number(issue.maximum));
    default:
      return undefined;
  }
}

function sizeMessage(origin: string, bound: 'least' | 'most', size: number): string {
  if (origin === 'string') return size === 1 ? 'may not be empty' : `must be at ${bound} ${size} characters long`;
  if (origin === 'array') return `must have at ${bound} ${size} ${size === 1 ? 'entry' : 'entries'}`;
  return `must be at ${bound} ${size}`;
}
