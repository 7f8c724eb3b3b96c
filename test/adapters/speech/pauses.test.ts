import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { speakEmbedded } from '../../../src/adapters/speech/embedded-voice.js';
import { finish } from '../../../src/adapters/speech/finish.js';
import { COMMITTED_SETTINGS, fill, readManifest } from '../../../src/adapters/speech/manifest.js';
import { digitByDigit, PROMPTS, rendered, type Sound } from '../../../src/domain/messages.js';
import { spoken, spokenMessage } from '../../../src/domain/spoken/spoken.js';
import { chooseAction } from '../../../src/flows/steps/choose-action.js';
import { answeredCall } from '../../support/fake-call.js';
import { FakeClock } from '../../support/fake-clock.js';
import { pausesIn, samplesOf, SOUNDS } from './sound-helpers.js';

const RATE = 16_000;
/** A closed mouth before a p, t or k lasts up to about 120 ms; the voice's own pause at a comma more. */
const LEAST_MS = 140;
const SENTENCE_MS = 650;
const SIGN_MS = 350;

/** What a caller hears when these sounds are played one after another. */
async function heard(sounds: readonly Sound[]): Promise<Float64Array> {
  const parts = sounds.map(async (sound) =>
    sound.type === 'prompt'
      ? readFile(join(SOUNDS, `${sound.name}.sln16`))
      : finish(await speakEmbedded(spoken(sound.type === 'rendered' ? sound.soundId : '')), 'voice').sln16,
  );
  return samplesOf(Buffer.concat(await Promise.all(parts)));
}

const lengths = (samples: Float64Array): number[] => pausesIn(samples, RATE, LEAST_MS).map(({ ms }) => ms);
const said = async (text: string): Promise<number[]> =>
  lengths(samplesOf(finish(await speakEmbedded(spokenMessage(text)), 'voice').sln16));

describe('pauses in the rendered sound', function () {
  this.timeout(60_000);

  it('of every prompt are 650 ms between its sentences, and shorter inside them', async () => {
    const { prompts } = await readManifest(SOUNDS);
    for (const name of PROMPTS) {
      const text = spoken(fill(prompts[name].text, COMMITTED_SETTINGS));
      if (text === '') continue;
      const pauses = lengths(samplesOf(await readFile(join(SOUNDS, `${name}.sln16`))));
      const sentences = text.split(/(?<=[.!?]) /u).length;
      const long = pauses.filter((ms) => ms >= SENTENCE_MS - 30);
      expect(long.length, `${name}: ${text} ${pauses.join(' ')}`).to.equal(sentences - 1);
      expect(Math.max(0, ...long), name).to.be.below(SENTENCE_MS + 60);
    }
  });

  for (const [name, items] of [
    ['desk-kind', 9],
    ['desk-result', 4],
  ] as const)
    it(`of the menu ${name} keep each key with its own item`, async () => {
      const pauses = lengths(samplesOf(await readFile(join(SOUNDS, `${name}.sln16`))));
      // The question, then a short pause between key and item, and a long one between items.
      const expected = Array.from({ length: items }, () => ['long', 'short']).flat();
      expect(pauses.map((ms) => (ms > 600 ? 'long' : ms < 400 ? 'short' : `${ms} ms`))).to.deep.equal(expected);
    });

  it('of the choice between actions keep each key with its own title', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock);
    const titles = ['Vermist kind', 'Gestolen fiets', 'Overval'];
    await clock.finish(
      chooseAction(
        call,
        titles.map((title) => [rendered(title)]),
      ),
    );
    const once = call.played.slice(0, call.played.length / 2).map(({ sound }) => sound);
    const pauses = lengths(await heard(once));
    // A second after the question and after each title; between a key and its title hardly anything.
    const long = pauses.filter((ms) => ms > 300);
    expect(long.length, pauses.join(' ')).to.equal(titles.length);
    expect(Math.min(...long), pauses.join(' ')).to.be.above(1_000);
  });

  it('between the digits of a code leave time to write them down', async () => {
    const pauses = lengths(await heard(digitByDigit('604719')));
    expect(pauses.length, pauses.join(' ')).to.equal(5);
    expect(Math.min(...pauses), pauses.join(' ')).to.be.within(SIGN_MS - 10, SIGN_MS + 150);
  });

  it('after a full stop do not depend on the word that follows', async () => {
    for (const next of ['2 mannen', '1 man', 'twee mannen', "'s nachts", 'Eén man', 'A6', 'IJs'])
      expect(await said(`De daders zijn weg. ${next} in een auto.`), next)
        .to.have.lengthOf(1)
        .and.to.satisfy(([ms]: number[]) => Math.abs(ms! - SENTENCE_MS) < 40);
  });

  it('leave time to write down a plate, a telephone number and the letters of a postcode', async () => {
    const plate = await said('R-543-KL.');
    // Six signs, "ik herhaal" between commas, and the six signs once more.
    expect(plate.filter((ms) => Math.abs(ms - SIGN_MS) < 60).length, plate.join(' ')).to.be.at.least(10);
    const number = await said('Bel 06-12345678.');
    expect(number.length, number.join(' ')).to.equal(9);
    expect(number.filter((ms) => ms > 450).length, number.join(' ')).to.equal(4);
    expect(Math.min(...number)).to.be.closeTo(SIGN_MS, 60);
    expect(await said('Postcode 8251 AB.')).to.have.lengthOf(2);
    expect(await said('Bel 112.'), 'a name, said in one go').to.deep.equal([]);
  });
});
