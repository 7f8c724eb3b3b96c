import { prompt, type PromptName, type Sound } from '../../domain/messages.js';
import type { Call } from '../../ports/call.js';
import { holdUntil } from './hold.js';

/** News for a caller who waits in the queue. */
export type QueueNews =
  /** A softphone is ringing for the caller. */
  | { readonly type: 'ringing' }
  /** The centralist has transferred the caller, and the colleague's softphone is ringing. */
  | { readonly type: 'transferring' }
  /** The place counts from 1; no softphone is ringing. */
  | { readonly type: 'waiting'; readonly place: number }
  /** The caller has been waiting for a long time. */
  | { readonly type: 'long' };

/** A caller's place in the queue for a centralist. */
export interface QueuePlace {
  /** The call of the centralist who answered; undefined when no centralist will answer any more. */
  readonly answered: Promise<Call | undefined>;
  /** The next news. Ask again once it has been said: news that is out of date by then is left out. */
  news(): Promise<QueueNews>;
  /**
   * Leaves the queue: ringing softphones stop, and a centralist who has answered is hung up. Safe to repeat.
   */
  leave(): void;
}

/** The key by which a waiting caller chooses to record the tip instead. */
const RECORD_KEY = '1';

/**
 * Holds a caller until a centralist answers. Resolves with undefined when no centralist does, and with
 * `record` when the caller chooses to record the tip. In both cases, and when the caller hangs up, the place
 * in the queue is given up.
 */
export async function waitInQueue(call: Call, queuePlace: QueuePlace): Promise<Call | 'record' | undefined> {
  const stop = new AbortController();
  // A key that was pressed before the queue is not a choice.
  call.forgetDigits();
  const keyed = recordKey(call, stop.signal);
  const telling = tell(call, queuePlace, stop.signal);
  let isAnswered = false;
  try {
    const result = await Promise.race([queuePlace.answered, keyed, telling]);
    isAnswered = result !== undefined && result !== 'record';
    return result;
  } finally {
    stop.abort();
    if (!isAnswered) queuePlace.leave();
    // The race has already settled, so an error of a loser is of no use: it can only say that the call ended.
    keyed.catch(() => undefined);
    telling.catch(() => undefined);
  }
}

async function recordKey(call: Call, signal: AbortSignal): Promise<'record'> {
  while (!signal.aborted) if ((await call.digit({ signal })) === RECORD_KEY) return 'record';
  return new Promise<never>(() => undefined);
}

/** Says the news, and plays hold audio in between. */
async function tell(call: Call, queuePlace: QueuePlace, signal: AbortSignal): Promise<never> {
  let invited = false;
  // A caller who is answered at once hears no news before the centralist.
  let news = await queuePlace.news();
  for (;;) {
    if (signal.aborted) return new Promise<never>(() => undefined);
    if (news.type !== 'long') call.step(news.type);
    await call.play(soundsOf(news, invited), { signal });
    invited ||= news.type === 'waiting';
    news = await holdUntil(call, queuePlace.news(), signal);
  }
}

/** The offer to record the tip is made once, with the first place. */
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
