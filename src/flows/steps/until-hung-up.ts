import { prompt, type Sound } from '../../domain/messages.js';
import { HungUp, type Call } from '../../ports/call.js';

/** Runs a flow. Resolves with `onHungUp()` when the call ends. Only this function catches HungUp. */
export async function untilHungUp<T>(flow: () => Promise<T>, onHungUp: () => T | Promise<T>): Promise<T> {
  try {
    return await flow();
  } catch (error) {
    if (error instanceof HungUp) return onHungUp();
    throw error;
  }
}

/**
 * Says goodbye to a centralist, after `sounds`. Resolves with `result`, even when the centralist hangs up
 * before the end.
 */
export function goodbye<T>(call: Call, result: T, sounds: readonly Sound[] = []): Promise<T> {
  return untilHungUp(
    async () => {
      await call.play([...sounds, prompt('desk-goodbye')]);
      return result;
    },
    () => result,
  );
}
