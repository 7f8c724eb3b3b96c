import { HungUp } from '../../ports/call.js';

/** Runs a flow; when the call ends under it, gives what `ending` says instead. The one place where HungUp is caught. */
export async function untilHungUp<T>(flow: () => Promise<T>, ending: () => T | Promise<T>): Promise<T> {
  try {
    return await flow();
  } catch (error) {
    if (error instanceof HungUp) return ending();
    throw error;
  }
}
