import { expect } from 'chai';
import {
  confirmedAt,
  heardOf,
  longestMs,
  resultOf,
  type Script,
  type Step,
  type StepAt,
} from '../../src/domain/alert-script.js';
import { rendered, type Sound } from '../../src/domain/messages.js';

/** `prompt@0 message@5000` */
const told = (text: string): StepAt[] =>
  text
    .split(' ')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [step = '', at = ''] = entry.split('@');
      return { step: step as Step, at: Number(at) };
    });
const MS = { message: 8_000, opening: 3_000 };

const SILENCES: Readonly<Partial<Record<string, number>>> = { silence: 1_000, 'silence-4': 4_000, 'silence-5': 5_000 };

describe('what was told in a call', () => {
  const RESULTS: [string, ReturnType<typeof resultOf>, number | undefined][] = [
    ['', 'hung_up', undefined],
    ['prompt@0', 'hung_up', undefined],
    ['prompt@0 goodbye@30000', 'no_digit', undefined],
    ['prompt@0 done@25000', 'no_digit', undefined],
    ['prompt@0 message@2000', 'confirmed', 2_000],
    ['prompt@0 message@2000 replay@30000', 'confirmed', 2_000],
    ['prompt@0 limit@5000', 'cut', undefined],
    ['prompt@0 goodbye@30000 limit@32000', 'no_digit', undefined],
    ['prompt@0 message@2000 limit@5000', 'confirmed', 2_000],
  ];
  for (const [steps, result, at] of RESULTS) {
    it(`is ${result} after '${steps}'`, () => {
      expect(resultOf(told(steps))).to.equal(result);
      expect(confirmedAt(told(steps))).to.equal(at);
    });
  }

  const HEARD: [Script['type'], string, number, number, number][] = [
    ['alert', '', 5_000, 0, 0],
    ['alert', 'prompt@0', 60_000, 0, 0],
    ['alert', 'prompt@0 goodbye@30000', 33_000, 0, 0],
    ['alert', 'prompt@0 message@2000', 2_000, 0, 0],
    ['alert', 'prompt@0 message@2000', 6_000, 1, 4_000],
    ['alert', 'prompt@0 message@2000', 10_500, 1, 8_000],
    ['alert', 'prompt@0 message@2000', 14_000, 2, 11_000],
    ['alert', 'prompt@0 message@2000', 60_000, 2, 16_000],
    ['alert', 'prompt@0 message@2000 replay@25000', 27_000, 3, 18_000],
    ['alert', 'prompt@0 message@2000 replay@25000 replay@40000', 60_000, 4, 32_000],
    ['closing', 'prompt@0', 2_000, 0, 0],
    ['closing', 'prompt@0', 5_000, 1, 2_000],
    ['closing', 'prompt@0 done@23000', 23_000, 2, 16_000],
    ['closing', 'prompt@0 message@5000', 13_000, 2, 7_000],
  ];
  for (const [script, steps, endedAt, plays, ms] of HEARD) {
    it(`the message of an ${script} '${steps}' that ended at ${endedAt} was begun ${plays} times and heard ${ms} ms`, () => {
      expect(heardOf(script, told(steps), endedAt, MS)).to.deep.equal({ plays, ms });
    });
  }

  it('takes so long at most, whatever is asked for', () => {
    const msOf = (sound: Sound): number => (sound.type !== 'prompt' ? 8_000 : (SILENCES[sound.name] ?? 3_000));
    const message = rendered('m');
    const alert = longestMs({ type: 'alert', opening: 'alert-prompt', message, ending: 'ending' }, msOf);
    // Three prompts with their pauses, two plays, four endings and three plays more, thanks; and what lies between.
    expect(alert).to.be.within(21_000 + 17_000 + 32_000 + 24_000 + 3_000, 105_000);
    const closing = longestMs({ type: 'closing', message }, msOf);
    expect(closing).to.be.within(2 * 23_000, 50_000);
  });
});
