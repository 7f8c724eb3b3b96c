import { prompt, silence, type PromptName, type Sound } from '../domain/messages.js';
import type { Call } from '../ports/call.js';
import { chooseAction } from './steps/choose-action.js';
import { askCode, offerCode, type CodeActions } from './steps/personal-code.js';
import { pressKey } from './steps/keys.js';
import { recordTip, recordTipOn, type BegunTip, type TipRecorder } from './steps/record-tip.js';
import { waitInQueue, type QueuePlace } from './steps/wait-in-queue.js';
import { untilHungUp } from './steps/until-hung-up.js';

/** What this caller may do, decided before the flow begins, or when they have shown who they are and what they come for. */
export type TipWelcome =
  | { readonly type: 'connect'; readonly desk: TipActions }
  /** Reached in several actions: the titles of them, the newest first. */
  | {
      readonly type: 'choose';
      readonly titles: readonly (readonly Sound[])[];
      readonly choose: (index: number) => TipWelcome;
    }
  /** Selected, not reached yet: hears the message first. */
  | { readonly type: 'inform'; readonly message: Sound; readonly onInformed: () => void; readonly desk: TipActions }
  /** The action has just ended: may still leave a tip. */
  | { readonly type: 'ended'; readonly desk: TipActions }
  /** Withholds the number: may show with a code who they are. */
  | { readonly type: 'withheld'; readonly codes: CodeActions<TipWelcome> }
  /** Known, but in no action; `code` is their personal code. */
  | { readonly type: 'not_selected'; readonly code: string }
  | { readonly type: 'refuse'; readonly say: PromptName };

/** The desk of an action: who brings a tip to it, comes to a centralist. */
export interface TipActions extends TipRecorder {
  /** The conversations are recorded; both sides are told so. */
  readonly recordsTalks: boolean;
  /** Stands in line for a centralist. */
  queuePlace(): QueuePlace;
  /** This centralist has picked up, and is about to be connected. */
  pickedUp(centralist: Call): void;
  /** Lets caller and centralist talk, until one of them hangs up or the caller is passed on. */
  talk(centralist: Call): Promise<TalkEnd>;
}

/** How a conversation ended for the caller. */
export type TalkEnd =
  | { readonly type: 'over' }
  /** They could not be made to hear one another. */
  | { readonly type: 'failed' }
  /** The centralist passes them on to a colleague, whose telephone rings. */
  | { readonly type: 'passed_on'; readonly line: QueuePlace }
  /** The same, to a colleague who is on the line already. */
  | { readonly type: 'handed_over'; readonly centralist: Call };

export type TipResult = 'connected' | 'recorded' | 'abandoned' | 'refused';

/**
 * What somebody hears who rings the tip line:
 *
 *   may not come in            → why not, and 112
 *   in no action               → told so → a key says their personal code
 *   number withheld            → asked for their code → one of these, or why not
 *   reached                    → "u wordt doorverbonden", or their place in line → a centralist, or a recorded tip
 *   reached in several         → the choice → as reached
 *   selected, not yet reached  → the message → press a key → as reached
 *   action just ended          → told so → a recorded tip
 */
export function tipLine(call: Call, first: TipWelcome): Promise<TipResult> {
  let welcome = first;
  return untilHungUp(
    async () => {
      if (welcome.type === 'connect') return answeredInLine(call, welcome.desk);
      await call.answer();
      for (;;) {
        const next = await welcomed(call, welcome);
        if (typeof next === 'string') return next;
        welcome = next;
      }
    },
    () => (mayComeIn(welcome) ? 'abandoned' : 'refused'),
  );
}

/** A caller whom an earlier process left in a conversation, or in the recording of their tip. */
export function goOn(call: Call, desk: TipActions, where: Promise<TalkEnd> | BegunTip): Promise<TipResult> {
  return untilHungUp(
    async () => {
      if ('name' in where) return recordTipOn(call, desk, where);
      return afterTalk(call, desk, await where);
    },
    () => 'abandoned',
  );
}

const mayComeIn = ({ type }: TipWelcome): boolean => !['refuse', 'not_selected', 'withheld'].includes(type);

/** The result, or what they may do from now on. */
async function welcomed(call: Call, welcome: TipWelcome): Promise<TipResult | TipWelcome> {
  switch (welcome.type) {
    case 'refuse':
      call.step('refused');
      await call.play([prompt(welcome.say)]);
      return 'refused';
    case 'not_selected':
      call.step('refused');
      await offerCode(call, 'tip-not-selected', welcome.code);
      return 'refused';
    case 'withheld':
      return (await askCode(call, welcome.codes)) ?? 'refused';
    case 'choose':
      return welcome.choose(await chooseAction(call, welcome.titles));
    case 'ended':
      call.step('ended');
      await call.play([prompt('tip-ended')]);
      return recordTip(call, welcome.desk, 'tip-record-chosen');
    case 'inform':
      return inform(call, welcome);
    case 'connect':
      return putThrough(call, welcome.desk, welcome.desk.queuePlace());
  }
}

async function inform(call: Call, welcome: Extract<TipWelcome, { type: 'inform' }>): Promise<TipResult | TipWelcome> {
  const { desk, message, onInformed } = welcome;
  call.step('message');
  await call.play([prompt('tip-not-reached'), message]);
  onInformed();
  call.step('press-to-speak');
  call.forgetDigits();
  const offer = prompt('tip-press-to-speak');
  const key = await pressKey(call, [offer, ...silence(4), message, offer, ...silence(6)]);
  if (key !== undefined) return { type: 'connect', desk };
  await call.play([prompt('tip-no-digit')]);
  return 'abandoned';
}

/** A softphone rings while the call is being answered: whoever brings a tip waits no longer than need be. */
async function answeredInLine(call: Call, desk: TipActions): Promise<TipResult> {
  const line = desk.queuePlace();
  try {
    await call.answer();
  } catch (error) {
    line.leave();
    throw error;
  }
  return putThrough(call, desk, line);
}

async function putThrough(call: Call, desk: TipActions, line: QueuePlace): Promise<TipResult> {
  const centralist = await waitInQueue(call, line);
  if (centralist === undefined) return recordTip(call, desk);
  if (centralist === 'record') return recordTip(call, desk, 'tip-record-chosen');
  return talk(call, desk, centralist);
}

async function talk(call: Call, desk: TipActions, centralist: Call): Promise<TipResult> {
  call.step('talking');
  desk.pickedUp(centralist);
  if (desk.recordsTalks) {
    await Promise.all([call, centralist].map(tellOfRecording));
    call.signal.throwIfAborted();
  }
  return afterTalk(call, desk, await desk.talk(centralist));
}

async function afterTalk(call: Call, desk: TipActions, end: TalkEnd): Promise<TipResult> {
  switch (end.type) {
    case 'over':
      return 'connected';
    case 'failed':
      // A recorded tip is better than none.
      return recordTip(call, desk);
    case 'passed_on':
      return putThrough(call, desk, end.line);
    case 'handed_over':
      return talk(call, desk, end.centralist);
  }
}

/** That one side hangs up meanwhile is found by what follows. */
function tellOfRecording(side: Call): Promise<unknown> {
  return untilHungUp<unknown>(
    () => side.play([prompt('tip-is-recorded')]),
    () => undefined,
  );
}
