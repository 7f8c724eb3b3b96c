import type { Digit } from '../../src/ports/call.js';
import { nameOf, type FakeCall } from './fake-call.js';
import type { FakeClock } from './fake-clock.js';

/** Keys by sound. The first entry is for the first play of the sound, and so on. '' means no keys. */
export type Typing = Readonly<Record<string, string | readonly string[]>>;

export interface TypistOptions {
  /** Delay from the start of a sound to the first key, by sound; default 500 ms. */
  readonly afterMs?: Readonly<Record<string, number>>;
  /** Hangs up this long after the start of this sound. */
  readonly hangsUpAt?: { readonly sound: string; readonly afterMs: number };
}

const LOOK_MS = 50;
const AFTER_MS = 500;
const BETWEEN_KEYS_MS = 200;

/** Presses keys at the far end in response to the sounds that play. */
export function types(clock: FakeClock, call: FakeCall, typing: Typing, options: TypistOptions = {}): void {
  const left = new Map(
    Object.entries(typing).map(([sound, keys]) => [sound, typeof keys === 'string' ? [keys] : [...keys]]),
  );
  let seen = 0;
  const look = (): void => {
    if (call.signal.aborted) return;
    for (; seen < call.played.length; seen++) {
      const played = call.played[seen];
      if (!played) break;
      const name = nameOf(played.sound);
      const { afterMs = {}, hangsUpAt } = options;
      const keys = left.get(name)?.shift() ?? '';
      Array.from(keys).forEach((key, index) => {
        call.later((afterMs[name] ?? AFTER_MS) + index * BETWEEN_KEYS_MS, () => {
          call.onDigit(key as Digit);
        });
      });
      if (hangsUpAt?.sound === name)
        call.later(hangsUpAt.afterMs, () => {
          call.onEnd({ by: 'them', cause: 16 });
        });
    }
    call.later(LOOK_MS, look);
  };
  look();
}
