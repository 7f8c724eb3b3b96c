import { prompt, recorded as soundOf, silence, type PromptName } from '../../domain/messages.js';
import type { VoiceLevel } from '../../domain/voice-level.js';
import type { Call, Recorded } from '../../ports/call.js';
import { goodbye } from '../steps/goodbye.js';
import { untilHungUp } from '../steps/until-hung-up.js';

export interface EchoActions {
  readonly recordingName: string;
  levelOf(recorded: Recorded): Promise<VoiceLevel>;
}

const ECHO_MS = 6_000;

const SAID: Readonly<Record<VoiceLevel, PromptName>> = {
  good: 'desk-level-good',
  soft: 'desk-level-soft',
  loud: 'desk-level-loud',
  none: 'desk-level-none',
};

/**
 * What a centralist hears who tests a headset (*30):
 *
 *   speak after the tone: six seconds, or until the #
 *   themselves, as loud as they are     nothing was heard → told so
 *   whether that is good, too soft or too loud
 */
export function hearMyself(call: Call, desk: EchoActions): Promise<VoiceLevel | 'hung_up'> {
  return untilHungUp<VoiceLevel | 'hung_up'>(
    async () => {
      await call.answer();
      call.step('speak');
      await call.play([prompt('desk-echo'), prompt('beep')]);
      const recorded = await call.record({ name: desk.recordingName, maxMs: ECHO_MS, maxSilenceMs: 0, endOn: '#' });
      const level = await desk.levelOf(recorded);
      call.step('hear');
      if (level !== 'none') await call.play([soundOf(recorded), ...silence(1)]);
      return goodbye(call, level, [prompt(SAID[level])]);
    },
    () => 'hung_up',
  );
}
