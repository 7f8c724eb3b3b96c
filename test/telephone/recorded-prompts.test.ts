import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prompt } from '../../src/domain/messages.js';
import {
  neededFor,
  piecesOf,
  sentencesOf,
  type PromptTexts,
  type Sentence,
} from '../../src/domain/prompts/sentences.js';
import { secondsToSay } from '../../src/domain/prompts/take-check.js';
import { hearings, RATE, wavOf, type Key, type PhoneCall, type Samples, type Step } from '../../src/phonenet/index.js';
import { toneMarked, tonesInOrder, type MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import { MANIFEST_TEXTS } from '../support/manifest-texts.js';
import { startExchange, type Desk, type Exchange } from './support/exchange.js';

/** Hears the first prompt three times, and presses a key in the pause after the second. */
const DURING = '0612347801';
const AFTER = '0612347802';
const RESTARTED = '0612347803';
const MESSAGE: readonly MarkTone[] = [480, 1140, 2100];

/** The voice of the reader: one tone for each sentence, so that it shows which sentence was heard. */
const VOICE: Readonly<Record<string, MarkTone>> = {
  'alert-prompt': 600,
  'ending-child.1': 1040,
  'ending-child.2': 1750,
  thanks: 2300,
};
const OTHERWISE: MarkTone = 1400;
const READER = 'Anna Proef';
/** The reader's tones after the message: the ending around the joined digits, and the thanks. */
const ENDING: readonly MarkTone[] = [1040, OTHERWISE, 1750, 2300];

describe('prompts in the voice of a person, on the telephone', function () {
  this.timeout(180_000);
  let exchange: Exchange;

  const words = { tipLine: '0800-0011', service: 'Burgernet' };
  const texts: PromptTexts = MANIFEST_TEXTS;
  const sentences = sentencesOf(texts, words);
  const said = (seconds: number, hz: MarkTone): Samples => {
    const tone = toneMarked([hz], { toneMs: Math.round(seconds * 1_000), gapMs: 0 });
    return Float32Array.from([...new Float32Array(RATE / 4), ...tone, ...new Float32Array(RATE / 4)]);
  };
  const wavOfSentence = ({ name, text }: Sentence): Uint8Array =>
    wavOf(said(secondsToSay(text), VOICE[name] ?? OTHERWISE));
  const importAlert = async (): Promise<void> => {
    const { prompts } = exchange.service.services;
    const needed = neededFor('alert', texts, words);
    const takes: { name: string; soundId: string }[] = [];
    for (const sentence of sentences.filter(({ name }) => needed.has(name))) {
      const { problems, soundId } = await prompts.check(sentence.name, wavOfSentence(sentence));
      expect(problems, sentence.name).to.deep.equal([]);
      takes.push({ name: sentence.name, soundId });
    }
    const { begun } = await prompts.keep({ reader: READER, takes, partial: true });
    expect(begun).to.deep.equal(['alert']);
  };
  const start = async (phone: string, postcode: string): Promise<number> => {
    exchange.participant(phone, `${postcode}AB`);
    const id = await exchange.draft(postcode, { recordingId: await exchange.toneMessage(MESSAGE) });
    await exchange.service.services.actions.start(id, { anyway: true });
    return id;
  };
  const heardBy = async (phone: string): Promise<{ call: PhoneCall; samples: Samples }> => {
    const [call] = await exchange.callsTo(phone);
    if (!call) throw new Error(`${phone} was not called`);
    return { call, samples: await exchange.heard(call) };
  };

  before(async () => {
    exchange = await startExchange();
    await exchange.network.setCitizens([
      { number: DURING, persona: 'presses', answerAfterMs: 200, pressAfterMs: 22_000 },
      { number: AFTER, persona: 'presses', answerAfterMs: 200, pressAfterMs: 4_000 },
      { number: RESTARTED, persona: 'presses', answerAfterMs: 200, pressAfterMs: 4_000 },
    ]);
  });
  after(() => exchange.stop());

  it('replace the prompts of the engine while a call goes on, and are heard in the next call', async () => {
    const engine = await exchange.samples(prompt('alert-prompt'));
    const during = await start(DURING, '8251');
    await exchange.network.until(
      ({ answeredAt, number }) => number.endsWith(DURING.slice(-9)) && answeredAt !== null,
      60_000,
    );
    await importAlert();
    const after = await start(AFTER, '8260');
    await exchange.calledOut(during);
    await exchange.calledOut(after);

    const old = await heardBy(DURING);
    expect(hearings(old.samples, engine).filter(({ complete }) => complete)).not.to.have.length(0);
    expect(tonesInOrder(old.samples).slice(0, 2 * MESSAGE.length)).to.deep.equal([...MESSAGE, ...MESSAGE]);
    expect(exchange.attemptsTo(during, DURING)[0]).to.include({ outcome: 'confirmed', plays: 2 });

    const next = await heardBy(AFTER);
    expect(hearings(next.samples, engine)).to.deep.equal([]);
    expect(tonesInOrder(next.samples)).to.deep.equal([600, ...MESSAGE, ...MESSAGE, ...ENDING]);
    expect(exchange.attemptsTo(after, AFTER)[0]).to.include({ outcome: 'confirmed', plays: 2 });
  });

  it('are heard after a restart as well, and the engine is heard again after a reset', async () => {
    await exchange.restart(() => undefined);
    const restarted = await start(RESTARTED, '8270');
    await exchange.calledOut(restarted);
    expect(tonesInOrder((await heardBy(RESTARTED)).samples)).to.deep.equal([600, ...MESSAGE, ...MESSAGE, ...ENDING]);
    const reader = exchange.service.soundFiles.pathOf(prompt('ending-child'));
    await exchange.service.services.prompts.forget();
    expect(exchange.service.soundFiles.pathOf(prompt('ending-child'))).not.to.equal(reader);
  });

  describe('spoken by a centralist who dials *40', () => {
    const waits = (ms: number): Step => ({ do: 'wait', ms });
    const keys = (digits: string): Step[] =>
      Array.from(digits, (digit) => ({ do: 'press', digit: digit as Key, ms: 100 }));
    const msOf = (...names: Parameters<typeof prompt>[0][]): number =>
      names.reduce((sum, name) => sum + exchange.service.soundFiles.msOf(prompt(name)), 0);
    let own: Desk;

    it('are heard back, and kept under the name of the centralist', async () => {
      own = await exchange.desk({ type: 'no_answer' });
      const sentence = sentences.find(({ name }) => name === 'closing-thanks');
      if (!sentence) throw new Error('no such sentence');
      expect(piecesOf('closing-thanks', sentence.text, words)).to.have.length(1);
      const path = join(exchange.dataDir, 'spoken');
      await writeFile(`${path}.wav`, wavOf(said(secondsToSay(sentence.text), 1900)));
      const number = String(sentence.number);
      const digits = [...number].map((digit) => `digit-${digit}` as 'digit-1');
      const call = await own.phone.dial('*40', [
        waits(700),
        ...keys(`${own.account.pin}#`),
        waits(2_000),
        ...keys(`${number}#`),
        waits(msOf(...digits, 'silence', 'desk-sentence-say', 'closing-thanks', 'beep') + 2_500),
        { do: 'play', sound: path },
        ...keys('#'),
        waits(6_000),
        ...keys('1'),
        waits(msOf('desk-sentence-kept') + 1_500),
        { do: 'hangup' },
      ]);
      const ended = await call.ended;
      await exchange.network.whole(ended);
      const heard = await exchange.heard(ended);
      expect(tonesInOrder(heard), 'the own voice').to.deep.equal([1900]);
      for (const name of ['desk-sentence-hear', 'desk-sentence-kept'] as const)
        expect(hearings(heard, await exchange.samples(prompt(name))), name).to.have.length(1);
      const { sentences: listed } = exchange.service.services.prompts.view();
      const taken = listed
        .find(({ name }) => name === 'closing-thanks')
        ?.takes.filter(({ reader }) => reader === own.account.centralist.name);
      expect(taken?.map(({ current }) => current)).to.deep.equal([true]);
    });
  });
});
