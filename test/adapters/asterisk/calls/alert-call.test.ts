import { expect } from 'chai';
import { AsteriskAlertCall } from '../../../../src/adapters/asterisk/calls/alert-call.js';
import type { AriLink } from '../../../../src/adapters/asterisk/ari/ari-link.js';
import { FakeClock } from '../../../support/fake-clock.js';

const HOUR = 3_600_000;
const LIMITS = { ringMs: 30_000, maxMs: 120_000 };
const STEPS: readonly [what: string, ms: number][] = [
  ['an hour forward', HOUR],
  ['a day forward', 24 * HOUR],
  ['an hour back', -HOUR],
];

describe('alert call when the wall clock steps', () => {
  let clock: FakeClock;
  let hangUps: string[];
  let call: AsteriskAlertCall;

  beforeEach(() => {
    clock = new FakeClock();
    hangUps = [];
    const request = (method: string, path: string): Promise<void> => {
      hangUps.push(`${method} ${path}`);
      return Promise.resolve();
    };
    call = new AsteriskAlertCall('call-1', { request } as unknown as AriLink, clock, LIMITS);
    call.wasAccepted();
  });

  it('stops ringing after the ring time that really passed', async () => {
    call.rang();
    clock.jump(-HOUR);
    await clock.advance(LIMITS.ringMs - 1);
    expect(hangUps).to.deep.equal([]);
    await clock.advance(1);
    expect(hangUps).to.deep.equal(['DELETE channels/call-1']);
    call.onEnd({ by: 'us', cause: 16 });
    expect(await call.ended).to.include({ by: 'them', rangOut: true });
  });

  it('is lost when Asterisk stops ringing too soon', async () => {
    call.rang();
    await clock.advance(5_000);
    clock.jump(HOUR);
    call.onEnd({ by: 'them', rangOut: true, cause: 19 });
    expect(await call.ended)
      .to.include({ by: 'lost' })
      .and.to.have.property('fault')
      .that.matches(/too soon/);
  });

  it('counts as rung out when Asterisk stops ringing after the whole ring time', async () => {
    call.rang();
    await clock.advance(LIMITS.ringMs);
    call.onEnd({ by: 'them', rangOut: true, cause: 19 });
    expect(await call.ended).to.include({ by: 'them', rangOut: true });
  });

  it('may ring out at any time when an earlier process originated it', async () => {
    const surviving = new AsteriskAlertCall('call-2', {} as AriLink, clock, LIMITS);
    surviving.wasThere();
    surviving.onEnd({ by: 'them', rangOut: true });
    expect(await surviving.ended).to.include({ by: 'them', rangOut: true });
  });

  it('ends a stuck call as lost, twelve minutes after its longest time', async () => {
    call.wasAnswered();
    await clock.advance(LIMITS.maxMs + 12 * 60_000 - 1);
    expect(hangUps).to.deep.equal([]);
    await clock.advance(1);
    call.onEnd({ by: 'us' });
    expect(await call.ended).to.include({ by: 'lost' });
  });

  for (const [what, step] of STEPS) {
    it(`reports its steps by the time that really passed when the clock is put ${what}`, async () => {
      call.wasAnswered();
      const answeredAt = clock.now();
      await clock.advance(2_000);
      const message = { step: 'message', at: clock.now() } as const;
      call.applyProgress({ steps: [message], soundId: 'x' });
      await clock.advance(3_000);
      clock.jump(step);
      await clock.advance(4_000);
      call.applyProgress({ steps: [message, { step: 'replay', at: clock.now() - 1_000 }], soundId: 'x' });
      await clock.advance(1_000);
      call.onEnd({ by: 'them' }, clock.now());
      const { steps, at } = await call.ended;
      expect(steps.map((one) => [one.step, one.at - answeredAt])).to.deep.equal([
        ['prompt', 0],
        ['message', 2_000],
        ['replay', 8_000],
      ]);
      expect(at - answeredAt).to.equal(10_000);
    });
  }
});
