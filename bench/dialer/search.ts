/** One trial of a rate. */
export interface Trial {
  /** The requested calls a second. */
  readonly rate: number;
  readonly held: boolean;
}

/** The search stops when the highest rate that held and the lowest that failed are within this factor. */
export const FINENESS = 1.05;
const LEAST_RATE = 5;
const MOST_RATE = 500;
const MOST_TRIALS = 12;

/**
 * The next rate to try in the search for the highest rate that holds. Undefined when that rate has been found
 * or cannot be found. The search begins at `guess`, goes up by the factor `step` while rates hold and down
 * while they fail. After that it tries the geometric mean of the highest rate that held and the lowest that
 * failed.
 */
export function nextRate(trials: readonly Trial[], guess: number, step: number): number | undefined {
  if (trials.length >= MOST_TRIALS) return undefined;
  if (trials.length === 0) return Math.round(guess);
  const best = bestRate(trials);
  const failed = trials.filter(({ held, rate }) => !held && rate > (best ?? 0)).map(({ rate }) => rate);
  const worst = failed.length === 0 ? undefined : Math.min(...failed);
  if (best === undefined) {
    const lower = Math.floor((worst ?? guess) / step);
    return lower < LEAST_RATE ? undefined : lower;
  }
  if (worst === undefined) {
    const higher = Math.ceil(best * step);
    return higher > MOST_RATE ? undefined : higher;
  }
  if (worst <= best * FINENESS + 1) return undefined;
  return Math.round(Math.sqrt(best * worst));
}

/** The highest rate that held; undefined when none did. */
export function bestRate(trials: readonly Trial[]): number | undefined {
  const held = trials.filter((trial) => trial.held).map(({ rate }) => rate);
  return held.length === 0 ? undefined : Math.max(...held);
}
