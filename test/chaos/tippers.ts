import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Attempt } from '../../src/domain/attempt.js';
import {
  toneMarked,
  wavOf,
  type LiveCall,
  type MarkTone,
  type PhoneNetwork,
  type Step,
} from '../../src/phonenet/index.js';
import type { Controller } from './controller.js';
import type { Random } from './random.js';

/** The most callers at once, and the time between the starts of two calls. */
const MOST = 5;
const BETWEEN_MS = { from: 200, to: 1_500 };
/** How long callers stay on the line after the answer. */
const STAY_MS = { from: 2_000, to: 18_000 };
/** Callers give up after this time when nobody answers, for example while Asterisk is down. */
const RING_MS = 8_000;
const LOOK_MS = 500;
/** The number of newest actions whose participants call the tip line. */
const NEWEST = 3;

/** The tones that callers and centralists play all the time. */
const CALLER: readonly MarkTone[] = [1750, 600];
const DESK: readonly MarkTone[] = [1040, 2300];
const SPOKEN_TONES = 160;

/**
 * Key 1 chooses to record the tip only once the caller is in the queue, so the key is pressed every second.
 */
const RECORDS: readonly Step[] = Array.from({ length: 4 }, (): Step[] => [
  { do: 'wait', ms: 1_000 },
  { do: 'press', digit: '1', ms: 160 },
]).flat();

export interface TippersParts {
  readonly controller: Controller;
  readonly network: PhoneNetwork;
  readonly random: Random;
  readonly folder: string;
}

/** Participants who were reached and call the tip line once each, and the centralists who answer them. */
export class Tippers {
  readonly #rang = new Set<number>();
  readonly #live = new Set<Promise<unknown>>();
  #reached: readonly Attempt[] = [];
  #asking = false;

  constructor(private readonly parts: TippersParts) {}

  /** Registers softphones for these centralists, who answer and listen until the caller hangs up. */
  async sitDown(accounts: readonly { username: string; password: string; server: string }[]): Promise<void> {
    const { network, random } = this.parts;
    const says = await this.#sound('desk', DESK);
    for (const account of accounts)
      await network.softphone(account, { type: 'answers', afterMs: random.whole(100, 1_500), says });
  }

  /** Calls the tip line until the signal aborts. Resolves when the last caller has hung up. */
  async attend(actions: () => readonly number[], signal: AbortSignal): Promise<void> {
    const { random } = this.parts;
    const says = await this.#sound('caller', CALLER);
    while (!signal.aborted) {
      void this.#ask(actions().slice(-NEWEST));
      const next = this.#reached.find(({ participantId }) => !this.#rang.has(participantId));
      if (next && this.#live.size < MOST) {
        this.#rang.add(next.participantId);
        await this.#ring(next.phone, says);
        await pause(random.whole(BETWEEN_MS.from, BETWEEN_MS.to));
      } else await pause(LOOK_MS);
    }
    await Promise.all(this.#live);
  }

  async #ring(from: string, says: string): Promise<void> {
    const { network, random } = this.parts;
    const speaks: Step = { do: 'play', sound: says };
    const call: LiveCall = await network.startCall({
      from,
      ringMs: RING_MS,
      hangUpAfterMs: random.whole(STAY_MS.from, STAY_MS.to),
      script: random.next() < 0.4 ? [...RECORDS, speaks] : [speaks],
    });
    const ended = call.ended.catch(() => undefined).finally(() => this.#live.delete(ended));
    this.#live.add(ended);
  }

  /** Asks the service for participants who were reached. If it cannot answer, the earlier list is kept. */
  async #ask(actions: readonly number[]): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const attempts = await Promise.all(
        actions.map((id) => this.parts.controller.tryOnce((api) => api.get<Attempt[]>(`/actions/${id}/attempts`))),
      );
      // Only participants whose alert call is over, because a live call may be cut off and then made again.
      const reached = attempts.flat().filter((one) => one?.confirmedAt != null && one.endedAt !== null) as Attempt[];
      if (reached.length > 0) this.#reached = reached;
    } finally {
      this.#asking = false;
    }
  }

  async #sound(name: string, tones: readonly MarkTone[]): Promise<string> {
    const path = join(this.parts.folder, name);
    const all = Array.from({ length: SPOKEN_TONES }, (_, n) => tones[n % tones.length]!);
    await writeFile(`${path}.wav`, wavOf(toneMarked(all)));
    return path;
  }
}
