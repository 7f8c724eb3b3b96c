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

describe('an alert call and the wall clock', () => {
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
    call.wasTaken();
  });

  it('a telephone that is not answered is given up by us when its ring time has passed, whatever the clock says', async () => {
    call.rang();
    clock.jump(-HOUR);
    await clock.advance(LIMITS.ringMs - 1);
    expect(hangUps).to.deep.equal([]);
    await clock.advance(1);
    expect(hangUps).to.deep.equal(['DELETE channels/call-1']);
    call.onEnd({ by: 'us', cause: 16 });
    expect(await call.ended).to.include({ by: 'them', rangOut: true });
  });

  it('a telephone that Asterisk gives up too soon was interrupted by us', async () => {
    call.rang();
    await clock.advance(5_000);
    clock.jump(HOUR);
    call.onEnd({ by: 'them', rangOut: true, cause: 19 });
    expect(await call.ended)
      .to.include({ by: 'lost' })
      .and.to.have.property('fault')
      .that.matches(/too soon/);
  });

  it('a telephone that rang for its whole time rang out', async () => {
    call.rang();
    await clock.advance(LIMITS.ringMs);
    call.onEnd({ by: 'them', rangOut: true, cause: 19 });
    expect(await call.ended).to.include({ by: 'them', rangOut: true });
  });

  it('a call that an earlier process ordered may ring out at any time', async () => {
    const left = new AsteriskAlertCall('call-2', {} as AriLink, clock, LIMITS);
    left.wasThere();
    left.onEnd({ by: 'them', rangOut: true });
    expect(await left.ended).to.include({ by: 'them', rangOut: true });
  });

  it('a call that is stuck is ended as lost, much later than it can take', async () => {
    call.wasAnswered();
    await clock.advance(LIMITS.maxMs + 12 * 60_000 - 1);
    expect(hangUps).to.deep.equal([]);
    await clock.advance(1);
    call.onEnd({ by: 'us' });
    expect(await call.ended).to.include({ by: 'lost' });
  });

  for (const [what, step] of STEPS) {
    it(`its steps is told in the time that passed when the clock is put ${what}`, async () => {
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
      const { steps: steps, at } = await call.ended;
      expect(steps.map((one) => [one.step, one.at - answeredAt])).to.deep.equal([
        ['prompt', 0],
        ['message', 2_000],
        ['replay', 8_000],
      ]);
      expect(at - answeredAt).to.equal(10_000);
    });
  }
});
