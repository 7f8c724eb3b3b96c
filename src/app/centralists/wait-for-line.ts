import type { Clock } from '../../ports/clock.js';
import type { StartSlot, TrunkLines } from '../dialing/trunk-lines.js';

/** The longest that a centralist waits for a trunk line. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Waits until the calls on the trunk, the one to be placed included, fit its lines, and then for a start
 * slot. Resolves with undefined when that takes too long, or when the signal aborts. The slot must be used at
 * once.
 */
export async function waitForLine(
  lines: TrunkLines,
  clock: Clock,
  signal: AbortSignal,
): Promise<StartSlot | undefined> {
  const latest = clock.monotonic() + LONGEST_WAIT_MS;
  while (!lines.withinLimit) {
    const freed = (wake: () => void): (() => void) => lines.onFreed(wake);
    if (!(await woken(clock, latest - clock.monotonic(), signal, freed))) return undefined;
  }
  const slot = lines.bookSlot(clock.monotonic(), latest);
  if (!slot) return undefined;
  const wait = slot.at - clock.monotonic();
  if (wait > 0) await woken(clock, wait, signal);
  return signal.aborted ? undefined : slot;
}

/** Resolves with whether `listen` woke us before the time was over and before the signal aborted. */
async function woken(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  listen: (wake: () => void) => () => void = () => () => undefined,
): Promise<boolean> {
  if (ms <= 0 || signal.aborted) return false;
  return new Promise((resolve) => {
    const settle = (happened: boolean) => (): void => {
      cancel();
      off();
      signal.removeEventListener('abort', aborted);
      resolve(happened);
    };
    const aborted = settle(false);
    const cancel = clock.after(ms, settle(false));
    const off = listen(settle(true));
    signal.addEventListener('abort', aborted, { once: true });
  });
}
