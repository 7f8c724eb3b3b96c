import { expect } from 'chai';
import type { CallbackResult } from '../../../src/domain/callback.js';
import { callBack, type CallBackActions } from '../../../src/flows/centralists/call-back.js';
import {
  ringColleague,
  type ColleagueActions,
  type ColleagueResult,
} from '../../../src/flows/centralists/ring-colleague.js';
import type { Call } from '../../../src/ports/call.js';
import { isAnswered } from '../../../src/ports/telephony.js';
import { answeredCall, type FakeCall } from '../../support/fake-call.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeTelephony } from '../../support/fake-telephony.js';
import type { FarEnd } from '../../support/far-end.js';

/** A centralist whose call is answered, and the telephone that is rung for them. */
class Pair {
  readonly clock = new FakeClock();
  readonly telephony = new FakeTelephony(this.clock);
  canTalk = true;
  near!: FakeCall;

  async ring(signal: AbortSignal): Promise<Call | undefined> {
    const leg = this.telephony.place({
      id: 'far',
      to: { type: 'desk', username: 'far' },
      callerId: { number: '201', name: 'Anna' },
      ringMs: 20_000,
      maxMs: 100_000,
    });
    signal.addEventListener('abort', () => {
      leg.cancel();
    });
    const result = await leg.answered;
    return isAnswered(result) ? result : undefined;
  }

  async talk(far: Call): Promise<boolean> {
    if (!this.canTalk) return false;
    const conversation = await this.telephony.connect(this.near, far);
    await conversation.ended;
    return true;
  }

  answers(near: FarEnd, far?: FarEnd): void {
    if (far) this.telephony.script('far', far);
    this.near = answeredCall(this.clock, near);
  }

  get far(): FakeCall | undefined {
    return this.telephony.callsTo('far')[0]?.call;
  }
}

describe('a call to a colleague', () => {
  let pair: Pair;

  const dials = (near: FarEnd, far?: FarEnd, ring?: ColleagueActions['ring']): Promise<ColleagueResult> => {
    pair.answers(near, far);
    const actions: ColleagueActions = {
      ring: ring ?? (async (signal) => (await pair.ring(signal)) ?? 'no_answer'),
      talk: (colleague) => pair.talk(colleague),
    };
    return pair.clock.finish(ringColleague(pair.near, actions));
  };

  beforeEach(() => {
    pair = new Pair();
  });

  it('rings, and connects both until the colleague hangs up', async () => {
    expect(await dials({}, { answersAfterMs: 7_000, hangsUpAtMs: 10_000 })).to.equal('talked');
    expect(pair.near.timeline).to.deep.equal(['ringing 0-5000', 'ringing 5000-7000']);
    expect(pair.telephony.conversations.map(({ from, to }) => to! - from)).to.deep.equal([10_000]);
  });

  it('says that the colleague does not answer', async () => {
    expect(await dials({}, {})).to.equal('no_answer');
    expect(pair.near.heardWords).to.match(/ringing desk-no-answer desk-goodbye$/);
  });

  it('says that the colleague is in another call', async () => {
    expect(await dials({}, undefined, () => Promise.resolve('engaged'))).to.equal('engaged');
    expect(pair.near.heardWords).to.match(/desk-engaged desk-goodbye$/);
  });

  it('stops the ringing when the caller hangs up', async () => {
    expect(await dials({ hangsUpAtMs: 3_000 }, {})).to.equal('hung_up');
    await pair.clock.advance(100);
    expect(pair.far!.endedAt! - pair.near.endedAt!).to.be.within(0, 10);
  });

  it('hangs up a colleague who answers just as the caller hangs up', async () => {
    expect(await dials({ hangsUpAtMs: 3_000 }, { answersAfterMs: 3_000 })).to.equal('hung_up');
    await pair.clock.advance(100);
    expect(pair.far!.endedAt).not.to.equal(undefined);
  });

  it('says so when both cannot be bridged', async () => {
    pair.canTalk = false;
    expect(await dials({}, { answersAfterMs: 1_000 })).to.equal('failed');
    expect(pair.near.heardWords).to.equal('ringing desk-failed desk-goodbye');
  });
});

describe('a callback', () => {
  let pair: Pair;

  const callsBack = (near: FarEnd, far?: FarEnd, result: CallbackResult = 'no_answer'): Promise<CallbackResult> => {
    pair.answers(near, far);
    const actions: CallBackActions = {
      ring: async (signal) => (await pair.ring(signal)) ?? result,
      talk: (participant) => pair.talk(participant),
    };
    return pair.clock.finish(callBack(pair.near, actions));
  };
  const isOver = async (): Promise<void> => {
    await pair.clock.advance(100);
    expect(pair.far!.endedAt, 'the participant is hung up').not.to.equal(undefined);
  };

  beforeEach(() => {
    pair = new Pair();
  });

  it('tells the participant who is calling, and connects both', async () => {
    expect(await callsBack({ hangsUpAtMs: 60_000 }, { answersAfterMs: 5_000 })).to.equal('connected');
    expect(pair.near.timeline).to.deep.equal(['callback-desk 0-3000', 'ringing 3000-5000', 'hold 5000-8000']);
    expect(pair.far!.heardWords).to.equal('callback-hello');
    expect(pair.telephony.conversations.map(({ from, to }) => to! - from)).to.deep.equal([52_000]);
    await isOver();
  });

  for (const result of ['no_answer', 'busy', 'congestion', 'unreachable'] as const) {
    it(`tells the centralist that the call failed: ${result}`, async () => {
      expect(await callsBack({}, { refuses: { status: 480 } }, result)).to.equal(result);
      expect(pair.near.heardWords).to.equal('callback-desk callback-failed');
    });
  }

  it('is declined when the participant hangs up during the greeting', async () => {
    expect(await callsBack({}, { answersAfterMs: 4_000, hangsUpAtMs: 1_000 })).to.equal('declined');
    expect(pair.near.heardWords).to.equal('callback-desk ringing hold callback-failed');
  });

  it('stops when the centralist hangs up while the participant is rung', async () => {
    expect(await callsBack({ hangsUpAtMs: 4_000 }, {})).to.equal('hung_up');
    await isOver();
  });

  it('stops when the centralist hangs up while the participant is greeted', async () => {
    expect(await callsBack({ hangsUpAtMs: 4_000 }, { answersAfterMs: 3_000 })).to.equal('hung_up');
    await isOver();
    expect(pair.telephony.conversations).to.deep.equal([]);
  });

  it('is interrupted when both cannot be bridged', async () => {
    pair.canTalk = false;
    expect(await callsBack({}, { answersAfterMs: 3_500 })).to.equal('interrupted');
    await isOver();
  });
});
