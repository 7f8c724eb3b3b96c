import { prompt, recorded as soundOf, silence, type PromptName } from '../../domain/messages.js';
import type { VoiceLevel } from '../../domain/voice-level.js';
import type { Call, Recorded } from '../../ports/call.js';
import { goodbye, untilHungUp } from '../steps/until-hung-up.js';

export interface EchoActions {
  readonly recordingName: string;
  levelOf(recorded: Recorded): Promise<VoiceLevel>;
}

const ECHO_MS = 6_000;

const LEVEL_PROMPTS: Readonly<Record<VoiceLevel, PromptName>> = {
  good: 'desk-level-good',
  soft: 'desk-level-soft',
  loud: 'desk-level-loud',
  none: 'desk-level-none',
};

/**
 * What a centralist hears when testing a headset (*30):
 *
 *   speak after the tone: six seconds, or until #
 *   the recording, at its own volume     when nothing was heard → told so
 *   whether the volume is good, too soft or too loud
 */
export function hearMyself(call: Call, actions: EchoActions): Promise<VoiceLevel | 'hung_up'> {
  return untilHungUp<VoiceLevel | 'hung_up'>(
    async () => {
      await call.answer();
      call.step('speak');
      await call.play([prompt('desk-echo'), prompt('beep')]);
      const recorded = await call.record({
        name: actions.recordingName,
        maxMs: ECHO_MS,
        maxSilenceMs: 0,
        endOn: '#',
      });
      const level = await actions.levelOf(recorded);
      call.step('hear');
      if (level !== 'none') await call.play([soundOf(recorded), ...silence(1)]);
      return goodbye(call, level, [prompt(LEVEL_PROMPTS[level])]);
    },
    () => 'hung_up',
  );
}
