import { prompt, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { untilHungUp } from './until-hung-up.js';

/** The last that a centralist hears: the result stands, whether they listen to it or hang up. */
export function goodbye<T>(call: Call, result: T, sounds: readonly Sound[] = []): Promise<T> {
  return untilHungUp(
    async () => {
      await call.play([...sounds, prompt('desk-goodbye')]);
      return result;
    },
    () => result,
  );
}
