import { expect } from 'chai';
import { rendered } from '../../../src/domain/messages.js';
import { startAction, type StartActions, type StartResult } from '../../../src/flows/centralists/start-action.js';
import { answeredCall, type FakeCall } from '../../support/fake-call.js';
import { FakeClock } from '../../support/fake-clock.js';
import { types, type Typing, type TypistOptions } from '../../support/typist.js';

const PIN = '1234';

/** Keys that start an action. */
const GOOD = {
  'desk-pin': '1234#',
  beep: '#',
  'desk-keep': '1',
  'desk-area': '8251#',
  'desk-area-more': '#',
  'desk-kind': '7',
  'desk-criteria': '1',
  'desk-start': '1',
} as const;

describe('starting an action by telephone', () => {
  let clock: FakeClock;
  let call: FakeCall;
  let drafts: Parameters<StartActions['draft']>[0][];
  let starts: number;
  let lookAlike: boolean;
  let actions: { -readonly [K in keyof StartActions]: StartActions[K] };

  const hears = async (typing: Typing, options: TypistOptions = {}): Promise<StartResult> => {
    call = answeredCall(clock);
    types(clock, call, typing, { afterMs: { beep: 4_000 }, ...options });
    return clock.finish(startAction(call, actions));
  };

  beforeEach(() => {
    clock = new FakeClock();
    drafts = [];
    starts = 0;
    lookAlike = false;
    let [messages, recordings] = [0, 0];
    actions = {
      pinState: () => 'asked',
      checkPin: (pin) => Promise.resolve(pin === PIN ? 'right' : 'wrong'),
      recordingName: () => `spoken-${++recordings}`,
      keepMessage: ({ ms }) => {
        if (ms < 1_000) return Promise.resolve(undefined);
        messages += 1;
        return Promise.resolve({ recordingId: messages, sound: rendered(`message-${messages}`) });
      },
      anybodyIn: (area) => area !== '9999',
      draft: (input) => {
        drafts.push(input);
        return Promise.resolve({
          plan: rendered('plan'),
          start: (anyway) => {
            if (lookAlike && !anyway) return Promise.resolve({ type: 'look_alike', like: [rendered('actie-11')] });
            starts += 1;
            return Promise.resolve({ type: 'started', number: rendered('actie-12') });
          },
        });
      },
    };
  });

  it('starts it after the message, the area, the kind and the confirmation', async () => {
    expect(await hears(GOOD)).to.equal('started');
    expect(call.heardWords).to.equal(
      'desk-pin desk-speak beep desk-hear message-1 desk-keep desk-area desk-area-more desk-kind desk-criteria ' +
        'plan desk-start desk-started actie-12 desk-goodbye',
    );
    expect(drafts).to.have.length(1);
    expect(drafts[0]).to.deep.include({ area: ['8251'], kind: 'missing_child' });
    expect(drafts[0]?.message.recordingId).to.equal(1);
    expect(starts).to.equal(1);
    expect(call.recordings.map(({ name }) => name)).to.deep.equal(['spoken-1']);
    expect(call.steps).to.deep.equal(['pin', 'speak', 'hear', 'area', 'kind', 'criteria', 'confirm', 'started']);
  });

  describe('asks for the PIN', () => {
    it('three times in a call', async () => {
      expect(await hears({ ...GOOD, 'desk-pin': ['1111#', '2222#', '3333#'] })).to.equal('refused');
      expect(call.heardWords).to.equal(
        'desk-pin desk-pin-wrong desk-pin desk-pin-wrong desk-pin desk-pin-wrong desk-goodbye',
      );
      expect(drafts).to.deep.equal([]);
    });

    it('again when nothing is pressed', async () => {
      expect(await hears({ ...GOOD, 'desk-pin': ['', '1234#'] })).to.equal('started');
      expect(call.heardWords).to.match(/^desk-pin desk-no-key desk-pin desk-speak/);
    });

    for (const [state, said] of [
      ['blocked', 'desk-pin-blocked'],
      ['missing', 'desk-no-pin'],
    ] as const) {
      it(`not when the PIN is ${state}`, async () => {
        actions.pinState = () => state;
        expect(await hears(GOOD)).to.equal('refused');
        expect(call.heardWords).to.equal(`${said} desk-goodbye`);
      });
    }

    it('no more after too many wrong PINs', async () => {
      actions.checkPin = () => Promise.resolve('blocked');
      expect(await hears(GOOD)).to.equal('refused');
      expect(call.heardWords).to.equal('desk-pin desk-pin-blocked desk-goodbye');
    });
  });

  describe('records the message', () => {
    it('again when the centralist presses 2', async () => {
      expect(await hears({ ...GOOD, beep: ['#', '#'], 'desk-keep': ['2', '1'] })).to.equal('started');
      expect(drafts[0]?.message.recordingId).to.equal(2);
      expect(call.recordings.map(({ name }) => name)).to.deep.equal(['spoken-1', 'spoken-2']);
    });

    it('again when it is too short, at most three times', async () => {
      expect(await hears({ ...GOOD, beep: ['#', '#', '#'] }, { afterMs: { beep: 900 } })).to.equal('not_started');
      expect(call.heardWords).to.equal(
        'desk-pin desk-speak beep desk-too-short desk-speak beep desk-too-short desk-speak beep desk-too-short ' +
          'desk-not-started desk-goodbye',
      );
    });

    it('until the centralist is silent for 15 seconds', async () => {
      expect(await hears({ ...GOOD, beep: '' })).to.equal('started');
      expect(call.recordings.map(({ ms }) => ms)).to.deep.equal([15_000]);
    });

    it('and takes a key that is pressed while the message is played back', async () => {
      expect(await hears({ ...GOOD, 'message-1': '1', 'desk-keep': '' })).to.equal('started');
      expect(call.heardWords).to.contain('desk-hear message-1 desk-area');
    });
  });

  describe('asks for the area', () => {
    it('and takes several areas and ranges, each once', async () => {
      const areas = ['8253*8256#', '8251#', '8260#', '#'];
      expect(await hears({ ...GOOD, 'desk-area-more': areas })).to.equal('started');
      expect(drafts[0]?.area).to.deep.equal(['8251', '8253-8256', '8260']);
    });

    it('again when it is not an area, or when no participant lives there', async () => {
      expect(await hears({ ...GOOD, 'desk-area': ['825#', '9999#', '8251#'] })).to.equal('started');
      expect(call.heardWords).to.contain('desk-area desk-area-wrong desk-area desk-nobody desk-area desk-area-more');
      expect(drafts[0]?.area).to.deep.equal(['8251']);
    });

    it('and gives up after # alone three times', async () => {
      expect(await hears({ ...GOOD, 'desk-area': ['#', '#', '#'] })).to.equal('not_started');
      expect(call.heardWords).to.match(/desk-area desk-area-wrong desk-not-started desk-goodbye$/);
    });

    it('and gives up when nothing is pressed three times', async () => {
      expect(await hears({ ...GOOD, 'desk-area': '' })).to.equal('not_started');
      expect(call.heardWords).to.match(/(desk-area desk-no-key ){3}desk-not-started desk-goodbye$/);
      expect(drafts).to.deep.equal([]);
    });
  });

  const KINDS = 'theft robbery burglary hit_and_run bag_snatching violence missing_child missing_adult missing_goods';
  KINDS.split(' ').forEach((kind, index) => {
    it(`takes key ${index + 1} for the kind ${kind}`, async () => {
      await hears({ ...GOOD, 'desk-kind': String(index + 1) });
      expect(drafts[0]?.kind).to.equal(kind);
    });
  });

  it('takes no other key for a kind', async () => {
    expect(await hears({ ...GOOD, 'desk-kind': ['0', '*', ''] })).to.equal('not_started');
    expect(call.heardWords).to.contain('desk-kind desk-wrong-key desk-kind desk-wrong-key desk-kind desk-no-key');
  });

  it('does not start without haste and a clear description', async () => {
    expect(await hears({ ...GOOD, 'desk-criteria': '2' })).to.equal('not_started');
    expect(call.heardWords).to.match(/desk-criteria desk-no-criteria desk-not-started desk-goodbye$/);
    expect(drafts).to.deep.equal([]);
  });

  for (const why of ['nobody', 'failed'] as const) {
    it(`says so when the draft cannot be made: ${why}`, async () => {
      actions.draft = () => Promise.resolve(why);
      expect(await hears(GOOD)).to.equal('not_started');
      expect(call.heardWords).to.match(new RegExp(`desk-criteria desk-${why} desk-not-started desk-goodbye$`));
    });

    it(`says so when the draft cannot be started: ${why}`, async () => {
      actions.draft = () => Promise.resolve({ plan: rendered('plan'), start: () => Promise.resolve({ type: why }) });
      expect(await hears(GOOD)).to.equal('not_started');
      expect(call.heardWords).to.match(new RegExp(`desk-start desk-${why} desk-not-started desk-goodbye$`));
    });
  }

  describe('does not start', () => {
    it('after a 2', async () => {
      expect(await hears({ ...GOOD, 'desk-start': '2' })).to.equal('not_started');
      expect(call.heardWords).to.match(/plan desk-start desk-not-started desk-goodbye$/);
      expect(starts).to.equal(0);
    });

    it('after wrong keys, or none', async () => {
      expect(await hears({ ...GOOD, 'desk-start': ['3', '', '5'] })).to.equal('not_started');
      expect(starts).to.equal(0);
    });

    it('after a key that was pressed before the question', async () => {
      expect(await hears({ ...GOOD, 'desk-criteria': '11', 'desk-start': '2' })).to.equal('not_started');
      expect(call.heardWords).to.match(/plan desk-start desk-not-started desk-goodbye$/);
      expect(starts).to.equal(0);
    });

    for (const sound of [
      'desk-pin',
      'desk-speak',
      'message-1',
      'desk-area',
      'desk-kind',
      'desk-criteria',
      'desk-start',
    ]) {
      it(`when the centralist hangs up at ${sound}`, async () => {
        const typing: Typing = { ...GOOD, [sound]: '' };
        expect(await hears(typing, { hangsUpAt: { sound, afterMs: 400 } })).to.equal('hung_up');
        expect(starts).to.equal(0);
        expect(drafts).to.have.length(sound === 'desk-start' ? 1 : 0);
        expect(clock.pending).to.equal(0);
      });
    }

    it('when the centralist hangs up while speaking', async () => {
      actions.keepMessage = () => Promise.reject(new Error('the message must not be stored'));
      expect(await hears({ ...GOOD, beep: '' }, { hangsUpAt: { sound: 'beep', afterMs: 3_000 } })).to.equal('hung_up');
      expect(drafts).to.deep.equal([]);
    });
  });

  describe('when another action looks like it', () => {
    beforeEach(() => {
      lookAlike = true;
    });

    it('asks once more, and starts after another 1', async () => {
      expect(await hears({ ...GOOD, 'desk-start-anyway': '1' })).to.equal('started');
      expect(call.heardWords).to.match(
        /plan desk-start desk-look-alike actie-11 desk-start-anyway desk-started actie-12 desk-goodbye$/,
      );
      expect(starts).to.equal(1);
    });

    for (const [what, keys] of [
      ['a 2', '2'],
      ['no key', ''],
      ['wrong keys', ['3', '5', '7']],
    ] as const) {
      it(`does not start after ${what}`, async () => {
        expect(await hears({ ...GOOD, 'desk-start-anyway': keys })).to.equal('not_started');
        expect(call.heardWords).to.match(/desk-not-started desk-goodbye$/);
        expect(starts).to.equal(0);
      });
    }

    for (const [where, keys] of [
      ['twice in a row', { 'desk-start': '11' }],
      ['once more while the other action is named', { 'desk-look-alike': '1', 'actie-11': '1' }],
    ] as const) {
      it(`does not start after a 1 that was pressed ${where}`, async () => {
        expect(await hears({ ...GOOD, ...keys, 'desk-start-anyway': '' })).to.equal('not_started');
        expect(starts).to.equal(0);
      });
    }

    it('does not start when the centralist hangs up at the question', async () => {
      const ends = { hangsUpAt: { sound: 'desk-start-anyway', afterMs: 400 } };
      expect(await hears({ ...GOOD, 'desk-start-anyway': '' }, ends)).to.equal('hung_up');
      expect(starts).to.equal(0);
    });
  });

  it('starts it even when the centralist hangs up after the last key', async () => {
    expect(await hears(GOOD, { hangsUpAt: { sound: 'desk-started', afterMs: 100 } })).to.equal('started');
    expect(starts).to.equal(1);
  });
});
