import { expect } from 'chai';
import { rendered } from '../../../src/domain/messages.js';
import {
  recordPrompts,
  type RecordPromptsActions,
  type RecordPromptsResult,
} from '../../../src/flows/centralists/record-prompts.js';
import { answeredCall, type FakeCall } from '../../support/fake-call.js';
import { FakeClock } from '../../support/fake-clock.js';
import { types, type Typing, type TypistOptions } from '../../support/typist.js';

/** Sentences of the list, by number. */
const LIST = [1, 2, 3];

describe('recording the prompts by telephone', () => {
  let clock: FakeClock;
  let call: FakeCall;
  let recorded: Set<number>;
  let check: RecordPromptsActions['check'];

  const actions = (): RecordPromptsActions => {
    let recordings = 0;
    const said = (number: number | undefined) =>
      Promise.resolve(number === undefined ? undefined : { number, said: rendered(`zin-${number}`) });
    return {
      pinState: () => 'asked',
      checkPin: (pin) => Promise.resolve(pin === '1234' ? 'right' : 'wrong'),
      recordingName: () => `spoken-${++recordings}`,
      numbered: (number) => said(LIST.find((one) => one === number)),
      nextMissing: (after) => {
        const missing = LIST.filter((number) => !recorded.has(number));
        return said(missing.find((number) => number > after) ?? missing[0]);
      },
      check: (sentence, take) => check(sentence, take),
    };
  };
  const hears = async (typing: Typing, options: TypistOptions = {}): Promise<RecordPromptsResult> => {
    call = answeredCall(clock);
    types(clock, call, { 'desk-pin': '1234#', ...typing }, { afterMs: { beep: 2_000 }, ...options });
    return clock.finish(recordPrompts(call, actions()));
  };

  beforeEach(() => {
    clock = new FakeClock();
    recorded = new Set();
    check = ({ number }, { name }) =>
      Promise.resolve({
        sound: rendered(`take-${name}`),
        keep: () => {
          recorded.add(number);
          return Promise.resolve(recorded.size === LIST.length ? 'played' : 'kept');
        },
      });
  });

  it('goes through the whole list, and says when callers hear the voice', async () => {
    const keys = { 'desk-sentence-which': '#', beep: ['#', '#', '#'], 'desk-sentence-keep': ['1', '1', '1'] };
    expect(await hears(keys)).to.equal('done');
    const each = (number: number): string =>
      `digit-${number} silence desk-sentence-say zin-${number} beep desk-sentence-hear take-spoken-${number} silence ` +
      `desk-sentence-keep`;
    const heard = call.heardWords.replace(/ silence/g, '');
    expect(heard).to.equal(
      [
        'desk-pin desk-sentence-which',
        each(1),
        'desk-sentence-kept',
        each(2),
        'desk-sentence-kept',
        each(3),
        'desk-sentence-played desk-sentence-done desk-goodbye',
      ]
        .join(' ')
        .replace(/ silence/g, ''),
    );
  });

  it('begins at the sentence whose number is keyed', async () => {
    const keys = { 'desk-sentence-which': '3#', beep: '#', 'desk-sentence-keep': '1' };
    await hears(keys, { hangsUpAt: { sound: 'desk-sentence-kept', afterMs: 100 } });
    expect([...recorded]).to.deep.equal([3]);
  });

  it('asks again for a number that is not on the list', async () => {
    await hears({ 'desk-sentence-which': ['99#', '2#'], beep: '#', 'desk-sentence-keep': '1' });
    expect(call.heardWords).to.contain('desk-sentence-which desk-sentence-unknown desk-sentence-which');
    expect([...recorded]).to.deep.equal([2]);
  });

  it('records a sentence again with 2, and skips it with 3', async () => {
    const keys = { 'desk-sentence-which': '#', beep: ['#', '#', '#'], 'desk-sentence-keep': ['2', '1', '3'] };
    expect(await hears(keys)).to.equal('stopped');
    expect([...recorded]).to.deep.equal([1]);
    expect(call.recordings.map(({ name }) => name).slice(0, 3)).to.deep.equal(['spoken-1', 'spoken-2', 'spoken-3']);
  });

  for (const [why, prompt] of [
    ['length', 'desk-sentence-length'],
    ['sound', 'desk-sentence-sound'],
  ] as const) {
    it(`says why a recording cannot be used (${why}), and asks again, three times`, async () => {
      check = () => Promise.resolve(why);
      expect(await hears({ 'desk-sentence-which': '#', beep: ['#', '#', '#'] })).to.equal('stopped');
      expect(call.heardWords.split(' ').filter((name) => name === prompt)).to.have.length(3);
      expect(recorded.size).to.equal(0);
    });
  }

  it('keeps nothing that the centralist has not heard back', async () => {
    const keys = { 'desk-sentence-which': '#', beep: '' };
    expect(await hears(keys, { hangsUpAt: { sound: 'beep', afterMs: 1_500 } })).to.equal('hung_up');
    expect(recorded.size).to.equal(0);
  });

  it('says so when every sentence is recorded', async () => {
    recorded = new Set(LIST);
    expect(await hears({ 'desk-sentence-which': '#' })).to.equal('done');
    expect(call.heardWords).to.match(/desk-sentence-done desk-goodbye$/);
  });

  it('needs the PIN', async () => {
    expect(await hears({ 'desk-pin': ['1', '1', '1'].map((pin) => `${pin}#`) })).to.equal('refused');
    expect(call.heardWords).not.to.contain('desk-sentence');
  });
});
