import { prompt, type PromptName } from '../../domain/messages.js';
import type { Call, Recorded } from '../../ports/call.js';
import { untilHungUp } from './until-hung-up.js';

/** Takes the recorded tips of a call. */
export interface TipRecorder {
  /** A name that no recording has yet. */
  recordingName(): string;
  /** Called with the recording, before the caller is thanked. */
  onRecorded(recorded: Recorded): void;
}

/** The longest recorded tip, and the silence that ends it. */
const MAX_TIP_MS = 180_000;
const MAX_SILENCE_MS = 10_000;
/** A shorter recording is not a tip: the caller hung up at the tone. */
export const MIN_TIP_MS = 500;

/** Records a tip after the tone until `#`, a silence or a hang-up. `abandoned` when nothing was said. */
export async function recordTip(
  call: Call,
  recorder: TipRecorder,
  say: PromptName = 'tip-record',
): Promise<'recorded' | 'abandoned'> {
  call.step('record');
  const name = recorder.recordingName();
  await call.play([prompt(say), prompt('beep')]);
  call.step('speak');
  const recorded = await call.record({ name, maxMs: MAX_TIP_MS, maxSilenceMs: MAX_SILENCE_MS, endOn: '#' });
  return keep(call, recorder, recorded);
}

/** The recording of a tip that an earlier process began. */
export interface EarlierTipRecording {
  readonly name: string;
  /** How long ago the recording began, ms. */
  readonly agoMs: number;
}

/**
 * Takes over a recording that an earlier process began. It ends as if that process were still running. When
 * nothing was recorded, the process ended just before the recording began: the caller is asked for the tip
 * again.
 */
export async function takeOverRecording(
  call: Call,
  recorder: TipRecorder,
  { name, agoMs }: EarlierTipRecording,
): Promise<'recorded' | 'abandoned'> {
  const maxMs = Math.max(0, MAX_TIP_MS - agoMs);
  const recorded = await call.recordOn({ name, maxMs, maxSilenceMs: MAX_SILENCE_MS, endOn: '#' });
  return recorded ? keep(call, recorder, recorded) : recordTip(call, recorder, 'tip-record-chosen');
}

async function keep(call: Call, recorder: TipRecorder, recorded: Recorded): Promise<'recorded' | 'abandoned'> {
  if (recorded.ms < MIN_TIP_MS) return 'abandoned';
  recorder.onRecorded(recorded);
  await thank(call);
  return 'recorded';
}

/** The tip counts even when the caller hangs up during the thanks. */
function thank(call: Call): Promise<unknown> {
  return untilHungUp<unknown>(
    () => call.play([prompt('tip-recorded')]),
    () => undefined,
  );
}
