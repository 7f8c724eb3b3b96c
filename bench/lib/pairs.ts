/**
 * Share of the CPU (0 to 1) that other programs may take. A pair is void when they took more in one of its
 * runs.
 */
export const OTHERS_ALLOWED = 0.05;

/** The part that every kind of run reports. */
export interface Run {
  /** Share of the machine's CPU time, 0 to 1, that other programs took before or during the run. */
  readonly othersShare: number;
}

export interface Pairs<A, B> {
  readonly valid: readonly (readonly [A, B])[];
  /** Number of pairs in which other programs took too much of the CPU. */
  readonly void: number;
}

export const isVoid = (othersAllowed: number, ...runs: readonly Run[]): boolean =>
  runs.some(({ othersShare }) => othersShare > othersAllowed);

/** Runs A, B, A, B … until `wanted` pairs are valid, but at most `most` pairs in all. Runs never overlap. */
export async function runPairs<A extends Run, B extends Run>(options: {
  readonly wanted: number;
  readonly most: number;
  /** Share of the CPU, 0 to 1. */
  readonly othersAllowed: number;
  readonly a: () => Promise<A>;
  readonly b: () => Promise<B>;
  /** Called after each pair. */
  readonly onPair: (pair: readonly [A, B], counts: boolean) => void;
}): Promise<Pairs<A, B>> {
  const valid: (readonly [A, B])[] = [];
  let voided = 0;
  while (valid.length < options.wanted && valid.length + voided < options.most) {
    const pair = [await options.a(), await options.b()] as const;
    const counts = !isVoid(options.othersAllowed, ...pair);
    if (counts) valid.push(pair);
    else voided++;
    options.onPair(pair, counts);
  }
  return { valid, void: voided };
}
