/** One thing that must have happened, found out at the far end. */
export interface Check {
  readonly ok: boolean;
  readonly what: string;
  /** What was found: a figure. */
  readonly found: string;
  /** The first few that were otherwise. */
  readonly otherwise: readonly string[];
}

/** That something holds for each of them; names those for which it does not. None at all is not ok. */
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

/** That a figure is as it must be. */
export function figure(what: string, ok: boolean, found: string): Check {
  return { ok, what, found, otherwise: [] };
}

const SHOWN = 5;

/** `✓ what: found`, and below a ✗ the first few that were otherwise. */
export function formatChecks(checks: readonly Check[]): string {
  return checks
    .flatMap(({ ok, what, found, otherwise }) => [
      `  ${ok ? '✓' : '✗'} ${what}: ${found}`,
      ...otherwise.slice(0, SHOWN).map((line) => `      ${line}`),
      ...(otherwise.length > SHOWN ? [`      and ${otherwise.length - SHOWN} more`] : []),
    ])
    .join('\n');
}
