import { prompt, silence, type PromptName, type Sound } from '../domain/messages.js';
import type { Call } from '../ports/call.js';
import { chooseAction } from './steps/choose-action.js';
import { askCode, offerCode, type CodeActions } from './steps/personal-code.js';
import { pressKey } from './steps/keys.js';
import { recordTip, takeOverRecording, type EarlierTipRecording, type TipRecorder } from './steps/record-tip.js';
import { waitInQueue, type QueuePlace } from './steps/wait-in-queue.js';
import { untilHungUp } from './steps/until-hung-up.js';

/**
 * What a caller may do. It is decided before the flow begins, and again when the caller has keyed a code or
 * has chosen an action.
 */
export type TipWelcome =
  | { readonly type: 'connect'; readonly actions: TipActions }
  /** The caller was reached in several actions. `titles` are their spoken titles, the newest first. */
  | {
      readonly type: 'choose';
      readonly titles: readonly (readonly Sound[])[];
      readonly choose: (index: number) => TipWelcome;
    }
  /** The caller was selected but not reached yet, and hears the message first. */
  | { readonly type: 'inform'; readonly message: Sound; readonly onInformed: () => void; readonly actions: TipActions }
  /** The action has just ended: the caller may still record a tip. */
  | { readonly type: 'ended'; readonly actions: TipActions }
  /** The caller withholds the number, and may key a personal code. */
  | { readonly type: 'withheld'; readonly codes: CodeActions<TipWelcome> }
  /** The caller is a participant, but in no action. `code` is their personal code. */
  | { readonly type: 'not_selected'; readonly code: string }
  | { readonly type: 'refuse'; readonly say: PromptName };

/** What the flow can do for a caller with a tip about one action. */
export interface TipActions extends TipRecorder {
  /** Conversations are recorded, and both sides are told so. */
  readonly recordsTalks: boolean;
  /** Puts the caller in the queue for a centralist. */
  queuePlace(): QueuePlace;
  /** This centralist has answered and is about to be connected. */
  pickedUp(centralist: Call): void;
  /** Connects caller and centralist, until one of them hangs up or the caller is transferred. */
  talk(centralist: Call): Promise<TalkEnd>;
}

/** How a conversation ended for the caller. */
export type TalkEnd =
  | { readonly type: 'over' }
  /** Caller and centralist could not be connected. */
  | { readonly type: 'failed' }
  /** The centralist transferred the caller to a colleague, whose softphone is ringing. */
  | { readonly type: 'passed_on'; readonly queuePlace: QueuePlace }
  /** The centralist transferred the caller to a colleague who is already on the line. */
  | { readonly type: 'handed_over'; readonly centralist: Call };

export type TipResult = 'connected' | 'recorded' | 'abandoned' | 'refused';

/**
 * What a caller to the tip line hears:
 *
 *   not admitted               → the reason, and 112
 *   in no action               → the reason → after a key: their personal code
 *   number withheld            → the question for their code → one of the others here, or a refusal
 *   reached                    → "u wordt doorverbonden", or their place → a centralist or a recording
 *   reached in several actions → the choice → as reached
 *   selected, not yet reached  → the message → press a key → as reached
 *   action just ended          → that it has ended → a recorded tip
 */
export function tipLine(call: Call, first: TipWelcome): Promise<TipResult> {
  let welcome = first;
  return untilHungUp(
    async () => {
      if (welcome.type === 'connect') return answerInQueue(call, welcome.actions);
      await call.answer();
      for (;;) {
        const next = await serve(call, welcome);
        if (typeof next === 'string') return next;
        welcome = next;
      }
    },
    () => (isAdmitted(welcome) ? 'abandoned' : 'refused'),
  );
}

/** Goes on with a caller whom an earlier process left in a conversation, or in the recording of a tip. */
export function continueTipCall(
  call: Call,
  actions: TipActions,
  stage: Promise<TalkEnd> | EarlierTipRecording,
): Promise<TipResult> {
  return untilHungUp(
    async () => {
      if ('name' in stage) return takeOverRecording(call, actions, stage);
      return afterTalk(call, actions, await stage);
    },
    () => 'abandoned',
  );
}

const isAdmitted = ({ type }: TipWelcome): boolean => !['refuse', 'not_selected', 'withheld'].includes(type);

/** Resolves with the result of the call, or with what the caller may do next. */
async function serve(call: Call, welcome: TipWelcome): Promise<TipResult | TipWelcome> {
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
      return recordTip(call, welcome.actions, 'tip-record-chosen');
    case 'inform':
      return inform(call, welcome);
    case 'connect':
      return putThrough(call, welcome.actions, welcome.actions.queuePlace());
  }
}

async function inform(call: Call, welcome: Extract<TipWelcome, { type: 'inform' }>): Promise<TipResult | TipWelcome> {
  const { actions, message, onInformed } = welcome;
  call.step('message');
  await call.play([prompt('tip-not-reached'), message]);
  onInformed();
  call.step('press-to-speak');
  call.forgetDigits();
  const offer = prompt('tip-press-to-speak');
  const key = await pressKey(call, [offer, ...silence(4), message, offer, ...silence(6)]);
  if (key !== undefined) return { type: 'connect', actions };
  await call.play([prompt('tip-no-digit')]);
  return 'abandoned';
}

/** A softphone rings while the call is being answered, so that the caller waits no longer than necessary. */
async function answerInQueue(call: Call, actions: TipActions): Promise<TipResult> {
  const queuePlace = actions.queuePlace();
  try {
    await call.answer();
  } catch (error) {
    queuePlace.leave();
    throw error;
  }
  return putThrough(call, actions, queuePlace);
}

async function putThrough(call: Call, actions: TipActions, queuePlace: QueuePlace): Promise<TipResult> {
  const centralist = await waitInQueue(call, queuePlace);
  if (centralist === undefined) return recordTip(call, actions);
  if (centralist === 'record') return recordTip(call, actions, 'tip-record-chosen');
  return talk(call, actions, centralist);
}

async function talk(call: Call, actions: TipActions, centralist: Call): Promise<TipResult> {
  call.step('talking');
  actions.pickedUp(centralist);
  if (actions.recordsTalks) {
    await Promise.all([call, centralist].map(announceRecording));
    call.signal.throwIfAborted();
  }
  return afterTalk(call, actions, await actions.talk(centralist));
}

async function afterTalk(call: Call, actions: TipActions, end: TalkEnd): Promise<TipResult> {
  switch (end.type) {
    case 'over':
      return 'connected';
    case 'failed':
      // A recorded tip is better than no tip.
      return recordTip(call, actions);
    case 'passed_on':
      return putThrough(call, actions, end.queuePlace);
    case 'handed_over':
      return talk(call, actions, end.centralist);
  }
}

/** Ignores a hang-up: the next step notices it. */
function announceRecording(side: Call): Promise<unknown> {
  return untilHungUp<unknown>(
    () => side.play([prompt('tip-is-recorded')]),
    () => undefined,
  );
}
