/**
 * Measures again until the value is calm. After the last try it calls `onGiveUp` and resolves with that
 * value. `measure` itself waits before it measures.
 */
export async function untilCalm<T>(
  measure: () => Promise<T>,
  {
    isCalm,
    mostTries,
    onGiveUp,
  }: {
    readonly isCalm: (value: T) => boolean;
    readonly mostTries: number;
    readonly onGiveUp: (value: T) => void;
  },
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const value = await measure();
    if (isCalm(value)) return value;
    if (tries < mostTries) continue;
    onGiveUp(value);
    return value;
  }
}
