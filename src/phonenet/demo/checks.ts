/** The result of one check at the far end. */
export interface Check {
  readonly ok: boolean;
  readonly what: string;
  /** The figures that were found. */
  readonly found: string;
  /** The failures, one text each. */
  readonly otherwise: readonly string[];
}

/** Checks each item: `wrong` returns the failure, or undefined. Without any item the check fails. */
export function forEach<T>(
  what: string,
  items: readonly T[],
  wrong: (item: T) => string | undefined,
  unit = 'calls',
): Check {
  const otherwise = items.map(wrong).filter((reason) => reason !== undefined);
  const right = items.length - otherwise.length;
  return {
    ok: items.length > 0 && otherwise.length === 0,
    what,
    found: `${right} of ${items.length} ${unit}`,
    otherwise,
  };
}

/** A check of a figure. */
export function figure(what: string, ok: boolean, found: string): Check {
  return { ok, what, found, otherwise: [] };
}

const SHOWN = 5;

/** One line `✓ what: found` per check. Below a ✗ the first failures are listed. */
export function formatChecks(checks: readonly Check[]): string {
  return checks
    .flatMap(({ ok, what, found, otherwise }) => [
      `  ${ok ? '✓' : '✗'} ${what}: ${found}`,
      ...otherwise.slice(0, SHOWN).map((line) => `      ${line}`),
      ...(otherwise.length > SHOWN ? [`      and ${otherwise.length - SHOWN} more`] : []),
    ])
    .join('\n');
}
