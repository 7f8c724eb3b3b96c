import type { Digit } from '../../src/ports/call.js';
import { nameOf, type FakeCall } from './fake-call.js';
import type { FakeClock } from './fake-clock.js';

/** What somebody types when they hear a sound: the first time the first, and so on; nothing when it is ''. */
export type Typing = Readonly<Record<string, string | readonly string[]>>;

export interface TypistOptions {
  /** From the beginning of the sound to the first key; default 500 ms. A number for each sound that differs. */
  readonly afterMs?: Readonly<Record<string, number>>;
  /** Hangs up so long after this sound began. */
  readonly hangsUpAt?: { readonly sound: string; readonly afterMs: number };
}

const LOOK_MS = 50;
const AFTER_MS = 500;
const BETWEEN_KEYS_MS = 200;

/** Somebody at the far end who listens, and types what they are asked for. */
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
