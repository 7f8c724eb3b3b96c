import { prompt, type PromptName, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { holdUntil } from './hold.js';

/** What somebody who stands in line is to be told. */
export type QueueNews =
  /** A telephone rings for them. */
  | { readonly type: 'ringing' }
  /** A colleague's telephone rings for them: the centralist has passed them on. */
  | { readonly type: 'transferring' }
  /** From 1 on; nothing rings. */
  | { readonly type: 'waiting'; readonly place: number }
  /** They have been waiting for long. */
  | { readonly type: 'long' };

/** Somebody's place in the line for a centralist. */
export interface QueuePlace {
  /** Who answered; undefined when nobody will any more. */
  readonly answered: Promise<Call | undefined>;
  /** The next that they are to be told; what is out of date by then is left out. Asked for again once it was said. */
  news(): Promise<QueueNews>;
  /** Leaves the line: what rings stops, and who has answered is hung up. Safe to repeat. */
  leave(): void;
}

/** The key by which somebody who waits chooses to record their tip. */
const RECORD_KEY = '1';

/**
 * Holds a caller until a centralist answers; undefined when nobody does. Gives `record` when they would rather record their
 * tip. Whoever rings, or answers in that very instant, is let go when the caller does not come to them.
 */
export async function waitInQueue(call: Call, line: QueuePlace): Promise<Call | 'record' | undefined> {
  const stop = new AbortController();
  // A key that was pressed for something else is not a choice.
  call.forgetDigits();
  const keyed = recordKey(call, stop.signal);
  const told = tell(call, line, stop.signal);
  let reached = false;
  try {
    const result = await Promise.race([line.answered, keyed, told]);
    reached = result !== undefined && result !== 'record';
    return result;
  } finally {
    stop.abort();
    if (!reached) line.leave();
    // The losers were told to stop; should the call end while they do, the race has said so already.
    keyed.catch(() => undefined);
    told.catch(() => undefined);
  }
}

async function recordKey(call: Call, signal: AbortSignal): Promise<'record'> {
  while (!signal.aborted) if ((await call.digit({ signal })) === RECORD_KEY) return 'record';
  return new Promise<never>(() => undefined);
}

/** Says what there is to say, and plays hold audio in between. */
async function tell(call: Call, line: QueuePlace, signal: AbortSignal): Promise<never> {
  let invited = false;
  // Who is answered at once hears nothing before it.
  let news = await line.news();
  for (;;) {
    if (signal.aborted) return new Promise<never>(() => undefined);
    if (news.type !== 'long') call.step(news.type);
    await call.play(soundsOf(news, invited), { signal });
    invited ||= news.type === 'waiting';
    news = await holdUntil(call, line.news(), signal);
  }
}

/** That a message can be recorded is said once, with the first place. */
function soundsOf(news: QueueNews, invited: boolean): Sound[] {
  switch (news.type) {
    case 'ringing':
      return [prompt('tip-connecting')];
    case 'transferring':
      return [prompt('tip-transferring')];
    case 'waiting':
      return [prompt(placePrompt(news.place)), ...(invited ? [] : [prompt('tip-wait')])];
    case 'long':
      return [prompt('tip-wait-112')];
  }
}

const PLACES: readonly PromptName[] = [
  'tip-place-1',
  'tip-place-2',
  'tip-place-3',
  'tip-place-4',
  'tip-place-5',
  'tip-place-6',
  'tip-place-7',
  'tip-place-8',
  'tip-place-9',
];

const placePrompt = (place: number): PromptName => PLACES[place - 1] ?? 'tip-place-more';
