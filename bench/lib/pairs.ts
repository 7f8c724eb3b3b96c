/** From this share on (0 to 1) other programs' CPU time makes a run worthless: a pair with such a run is void. */
export const OTHERS_ALLOWED = 0.05;

/** What every run says, whatever else it measures. */
export interface Run {
  /** Share of the machine's CPU time, 0 to 1, that other programs took before or during the run. */
  readonly othersShare: number;
}

export interface Pairs<A, B> {
  readonly valid: readonly (readonly [A, B])[];
  /** Pairs in which others took more than they may. */
  readonly void: number;
}

export const isVoid = (...runs: readonly Run[]): boolean =>
  runs.some(({ othersShare }) => othersShare > OTHERS_ALLOWED);

/** Runs A B A B until `wanted` pairs are valid, and at most `most` pairs in all. Runs never overlap. */
export async function runPairs<A extends Run, B extends Run>(options: {
  readonly wanted: number;
  readonly most: number;
  readonly a: () => Promise<A>;
  readonly b: () => Promise<B>;
  /** Told of each pair when it is over. */
  readonly onPair: (pair: readonly [A, B], counts: boolean) => void;
}): Promise<Pairs<A, B>> {
  const valid: (readonly [A, B])[] = [];
  let voided = 0;
  while (valid.length < options.wanted && valid.length + voided < options.most) {
    const pair = [await options.a(), await options.b()] as const;
    const counts = !isVoid(...pair);
    if (counts) valid.push(pair);
    else voided++;
    options.onPair(pair, counts);
  }
  return { valid, void: voided };
}
