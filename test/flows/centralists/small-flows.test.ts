import { expect } from 'chai';
import type { VoiceLevel } from '../../../src/domain/voice-level.js';
import { confirmDuty } from '../../../src/flows/centralists/duty.js';
import { hearMyself } from '../../../src/flows/centralists/hear-myself.js';
import { sayNumberUnknown } from '../../../src/flows/centralists/not-known.js';
import { answeredCall, type FakeCall } from '../../support/fake-call.js';
import { FakeClock } from '../../support/fake-clock.js';
import type { FarEnd } from '../../support/far-end.js';

describe('short service code calls', () => {
  let clock: FakeClock;
  let call: FakeCall;

  const answered = (farEnd: FarEnd = {}): FakeCall => (call = answeredCall(clock, farEnd));

  beforeEach(() => {
    clock = new FakeClock();
  });

  afterEach(() => {
    expect(clock.pending).to.equal(0);
  });

  for (const [result, heard] of [
    ['on_duty', 'desk-on-duty desk-goodbye'],
    ['off_duty', 'desk-off-duty desk-goodbye'],
    ['still_runs', 'desk-off-duty desk-still-runs desk-goodbye'],
    ['failed', 'desk-failed desk-goodbye'],
  ] as const) {
    it(`say that duty is ${result}`, async () => {
      await clock.finish(confirmDuty(answered(), result));
      expect(call.heardWords).to.equal(heard);
    });
  }

  it('end when the centralist hangs up', async () => {
    await clock.finish(confirmDuty(answered({ hangsUpAtMs: 500 }), 'on_duty'));
    await clock.finish(sayNumberUnknown(answered({ hangsUpAtMs: 500 })));
    expect(call.heardWords).to.equal('desk-unknown');
  });

  it('say that a dialled number is not in use', async () => {
    await clock.finish(sayNumberUnknown(answered()));
    expect(call.heardWords).to.equal('desk-unknown desk-goodbye');
  });

  describe('testing a headset', () => {
    const hears = (level: VoiceLevel, farEnd: FarEnd = {}): Promise<VoiceLevel | 'hung_up'> => {
      const levelOf = (): Promise<VoiceLevel> => Promise.resolve(level);
      return clock.finish(hearMyself(answered(farEnd), { recordingName: 'echo-1', levelOf }));
    };

    for (const level of ['good', 'soft', 'loud'] as const) {
      it(`plays the recording and says that its level is ${level}`, async () => {
        expect(await hears(level)).to.equal(level);
        expect(call.timeline).to.deep.equal([
          'desk-echo 0-3000',
          'beep 3000-3400',
          '/recordings/echo-1.wav 9400-15400',
          `desk-level-${level} 16400-19400`,
          'desk-goodbye 19400-22400',
        ]);
      });
    }

    it('says that nothing was heard, and plays no recording', async () => {
      expect(await hears('none')).to.equal('none');
      expect(call.heardWords).to.equal('desk-echo beep desk-level-none desk-goodbye');
    });

    it('ends the recording at #', async () => {
      await hears('good', { presses: [{ digit: '#', atMs: 5_400 }] });
      expect(call.timeline[2]).to.equal('/recordings/echo-1.wav 5400-7400');
    });

    it('ends when the centralist hangs up while speaking', async () => {
      expect(await hears('good', { hangsUpAtMs: 5_000 })).to.equal('hung_up');
    });
  });
});
