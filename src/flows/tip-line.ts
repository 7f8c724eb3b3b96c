import { prompt, silence, type PromptName, type Sound } from '../domain/messages.js';
import type { Call, Recorded } from '../ports/call.js';
import { holdWhile } from './steps/hold.js';
import { pressKey } from './steps/press-key.js';
import { untilHungUp } from './steps/until-hung-up.js';

/** What this caller may do, decided before the flow begins. */
export type TipWelcome =
  | { readonly type: 'connect' }
  /** Selected, not reached yet: hears the message first. */
  | { readonly type: 'inform'; readonly message: Sound; readonly onInformed: () => void }
  /** The action has just ended: may still leave a tip. */
  | { readonly type: 'ended' }
  | { readonly type: 'refuse'; readonly say: PromptName };

export interface TipDesk {
  /** Rings the centralist; undefined when nobody answers in time. Abort to stop the ringing. */
  ring(signal: AbortSignal): Promise<Call | undefined>;
  /** Lets caller and centralist talk until one of them hangs up; false when they could not be made to hear one another. */
  talk(centralist: Call): Promise<boolean>;
  readonly recordingName: string;
  /** Called with the recording, before the caller is thanked. */
  onRecorded(recorded: Recorded): void;
}

export type TipResult = 'connected' | 'recorded' | 'abandoned' | 'refused';

/** Longest recorded tip, and the silence that ends it. */
const MAX_TIP_MS = 180_000;
const MAX_SILENCE_MS = 10_000;
/** Less than this is no tip but a hang-up at the tone. */
const MIN_TIP_MS = 500;

/**
 * What somebody hears who rings the tip line:
 *
 *   may not come in            → why not, and 112
 *   reached                    → "u wordt doorverbonden" → the centralist, or a recorded tip
 *   selected, not yet reached  → the message → press a key → the centralist, or a recorded tip
 *   action just ended          → told so → a recorded tip
 */
export function tipLine(call: Call, welcome: TipWelcome, desk: TipDesk): Promise<TipResult> {
  return untilHungUp(
    async () => {
      await call.answer();
      switch (welcome.type) {
        case 'refuse':
          return refuse(call, welcome.say);
        case 'connect':
          return putThrough(call, desk);
        case 'inform':
          return inform(call, welcome, desk);
        case 'ended':
          call.step('ended');
          await call.play([prompt('tip-ended')]);
          return recordTip(call, desk);
      }
    },
    () => (welcome.type === 'refuse' ? 'refused' : 'abandoned'),
  );
}

async function refuse(call: Call, say: PromptName): Promise<TipResult> {
  call.step('refused');
  await call.play([prompt(say), ...silence(1), prompt(say)]);
  return 'refused';
}

async function inform(call: Call, welcome: Extract<TipWelcome, { type: 'inform' }>, desk: TipDesk): Promise<TipResult> {
  call.step('message');
  await call.play([prompt('tip-not-reached'), welcome.message]);
  welcome.onInformed();
  call.step('press-to-speak');
  call.forgetDigits();
  const offer = prompt('tip-press-to-speak');
  const key = await pressKey(call, [offer, ...silence(4), welcome.message, offer, ...silence(6)]);
  if (key !== undefined) return putThrough(call, desk);
  await call.play([prompt('tip-no-digit')]);
  return 'abandoned';
}

async function putThrough(call: Call, desk: TipDesk): Promise<TipResult> {
  call.step('ringing');
  const ringing = new AbortController();
  const rung = desk.ring(ringing.signal);
  let taken: Call | undefined;
  try {
    const centralist = (taken = await holdWhile(call, [prompt('tip-connecting')], rung));
    if (centralist === undefined) return await recordTip(call, desk);
    call.step('talking');
    return (await talk(centralist, desk)) ? 'connected' : await recordTip(call, desk);
  } finally {
    // The caller hung up while it rang: the centralist's telephone stops at once, also when they answer in that instant.
    ringing.abort();
    if (taken === undefined) void rung.then((late) => late?.hangUp()).catch(() => undefined);
  }
}

/** Whether they talked. When they cannot be made to hear one another, a recorded tip is better than none. */
async function talk(centralist: Call, desk: TipDesk): Promise<boolean> {
  try {
    return await desk.talk(centralist);
  } finally {
    await centralist.hangUp();
  }
}

async function recordTip(call: Call, desk: TipDesk): Promise<TipResult> {
  call.step('record');
  await call.play([prompt('tip-record'), prompt('beep')]);
  const recorded = await call.record({
    name: desk.recordingName,
    maxMs: MAX_TIP_MS,
    maxSilenceMs: MAX_SILENCE_MS,
    endOn: '#',
  });
  if (recorded.ms < MIN_TIP_MS) return 'abandoned';
  desk.onRecorded(recorded);
  return untilHungUp<TipResult>(
    async () => {
      await call.play([prompt('tip-recorded')]);
      return 'recorded';
    },
    () => 'recorded',
  );
}
