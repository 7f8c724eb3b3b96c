import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { PROMPTS } from '../../../src/domain/messages.js';
import {
  allowedSeconds,
  namesLike,
  problemsOf,
  secondsToSay,
  type Measured,
} from '../../../src/domain/prompts/take-check.js';

const GOOD: Measured = { seconds: 2.5, level: -24, clipped: 0, aboveNoise: 40 };
const THANKS = 'Dank u wel voor uw hulp. Tot ziens.';

describe('the check of a recording of a sentence', () => {
  it('takes a recording of about the length of its text', () => {
    expect(problemsOf(THANKS, GOOD)).to.deep.equal([]);
    expect(secondsToSay(THANKS)).to.be.within(2, 4);
  });

  for (const [what, measured, problem] of [
    ['far too short', { seconds: 0.6 }, 'too_short'],
    ['far too long', { seconds: 12 }, 'too_long'],
    ['too soft', { level: -52 }, 'too_soft'],
    ['distorted', { clipped: 0.02 }, 'clipped'],
    ['in a noisy room', { aboveNoise: 8 }, 'noisy'],
  ] as const) {
    it(`refuses one that is ${what}`, () => {
      expect(problemsOf(THANKS, { ...GOOD, ...measured })).to.deep.equal([problem]);
    });
  }

  it('does not judge noise where there is too little silence', () => {
    expect(problemsOf(THANKS, { ...GOOD, aboveNoise: undefined })).to.deep.equal([]);
  });

  it('takes one digit, said quickly or slowly', () => {
    for (const seconds of [0.25, 0.4, 1.2]) expect(problemsOf('nul.', { ...GOOD, seconds })).to.deep.equal([]);
    expect(problemsOf('nul.', { ...GOOD, seconds: 4 })).to.deep.equal(['too_long']);
  });

  it('knows that numbers take longer to say than to write', () => {
    expect(secondsToSay('Bel 0900-8844.')).to.be.greaterThan(secondsToSay('Bel ons nu maar.'));
  });

  it('would take every prompt as the engine says it', () => {
    const { prompts } = JSON.parse(
      readFileSync(new URL('../../../sounds/nl/manifest.json', import.meta.url), 'utf8'),
    ) as { prompts: Record<string, { text: string; seconds: number }> };
    for (const name of PROMPTS) {
      const { text = '', seconds = 0 } = prompts[name] ?? {};
      if (text === '') continue;
      const { least, most } = allowedSeconds(
        text.replaceAll('{tipLine}', '0800-0011').replaceAll('{service}', 'Burgernet'),
      );
      expect(seconds, name).to.be.within(least, most);
    }
  });
});

describe('names that are like a wrong name', () => {
  const names = ['thanks', 'closing-thanks', 'ending.1', 'ending.2', 'digit-1'];

  it('are the nearest ones', () => {
    expect(namesLike('tanks', names)).to.deep.equal(['thanks']);
    expect(namesLike('Ending1', names)[0]).to.equal('ending.1');
    expect(namesLike('digit1', names)).to.deep.equal(['digit-1']);
  });

  it('are none for a name that is like no other', () => {
    expect(namesLike('vakantiefoto', names)).to.deep.equal([]);
  });
});
