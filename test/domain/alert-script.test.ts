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

/** Reads steps and their times: `prompt@0 message@5000`. */
const stepsOf = (text: string): StepAt[] =>
  text
    .split(' ')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [step = '', at = ''] = entry.split('@');
      return { step: step as Step, at: Number(at) };
    });
const MS = { message: 8_000, opening: 3_000 };

const SILENCES: Readonly<Partial<Record<string, number>>> = { silence: 1_000, 'silence-4': 4_000, 'silence-5': 5_000 };

describe('the steps of an alert or closing call', () => {
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
    it(`'${steps}' give the result ${result}`, () => {
      expect(resultOf(stepsOf(steps))).to.equal(result);
      expect(confirmedAt(stepsOf(steps))).to.equal(at);
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
    it(`'${steps}' of an ${script} call that ended at ${endedAt} give ${plays} plays and ${ms} ms of the message`, () => {
      expect(heardOf(script, stepsOf(steps), endedAt, MS)).to.deep.equal({ plays, ms });
    });
  }

  it('the longest duration covers every prompt, play and pause', () => {
    const msOf = (sound: Sound): number => (sound.type !== 'prompt' ? 8_000 : (SILENCES[sound.name] ?? 3_000));
    const message = rendered('m');
    const alert = longestMs({ type: 'alert', opening: 'alert-prompt', message, ending: 'ending' }, msOf);
    // Three prompts with pauses, two plays, four endings, three more plays, thanks; and the gaps between
    // them.
    expect(alert).to.be.within(21_000 + 17_000 + 32_000 + 24_000 + 3_000, 105_000);
    const closing = longestMs({ type: 'closing', message }, msOf);
    expect(closing).to.be.within(2 * 23_000, 50_000);
  });
});
