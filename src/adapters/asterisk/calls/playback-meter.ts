import type { Sound } from '../../../domain/messages.js';
import type { HeardAmount } from '../../../ports/call.js';

/** A sound of a playback, and its length. */
interface Part {
  readonly key: string;
  readonly ms: number;
}

/**
 * Measures how much of each sound the far end of a call has heard. A playback is a list of sounds. Its
 * progress follows from its running time and the lengths of the sounds when it began, because a prompt may be
 * replaced meanwhile. Times are monotonic ms.
 */
export class PlaybackMeter {
  readonly #totals = new Map<string, { plays: number; ms: number }>();
  #running: { readonly sounds: readonly Part[]; readonly startedAt: number } | undefined;

  constructor(private readonly msOf: (sound: Sound) => number) {}

  begin(sounds: readonly Sound[], now: number): void {
    this.end(now);
    this.#running = { sounds: sounds.map((sound) => ({ key: keyOf(sound), ms: this.msOf(sound) })), startedAt: now };
  }

  /** The running playback was stopped now. */
  end(now: number): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    this.#add(this.#totals, running.sounds, now - running.startedAt);
  }

  /** The running playback reached its end. */
  finish(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    this.#add(this.#totals, running.sounds, Number.POSITIVE_INFINITY);
  }

  of(sound: Sound, now: number): HeardAmount {
    const totals = new Map([...this.#totals].map(([key, heard]) => [key, { ...heard }]));
    if (this.#running) this.#add(totals, this.#running.sounds, now - this.#running.startedAt);
    return totals.get(keyOf(sound)) ?? { plays: 0, ms: 0 };
  }

  #add(totals: Map<string, { plays: number; ms: number }>, sounds: readonly Part[], ran: number): void {
    let left = ran;
    for (const { key, ms } of sounds) {
      if (left <= 0) return;
      const heard = totals.get(key) ?? { plays: 0, ms: 0 };
      totals.set(key, { plays: heard.plays + 1, ms: heard.ms + Math.min(left, ms) });
      left -= ms;
    }
  }
}

function keyOf(sound: Sound): string {
  if (sound.type === 'prompt') return `p:${sound.name}`;
  return sound.type === 'rendered' ? `r:${sound.soundId}` : `f:${sound.file}`;
}
