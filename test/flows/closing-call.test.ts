import { expect } from 'chai';
import { rendered } from '../../src/domain/messages.js';
import { closingCall } from '../../src/flows/closing-call.js';
import { answeredCall, type FakeCall } from '../support/fake-call.js';
import { FakeClock } from '../support/fake-clock.js';
import type { FarEnd } from '../support/far-end.js';

async function close(farEnd: FarEnd): Promise<{ result: string; call: FakeCall }> {
  const clock = new FakeClock();
  const call = answeredCall(clock, farEnd);
  const result = await clock.finish(closingCall(call, rendered('found')));
  await clock.finish(call.hangUp());
  expect(clock.pending, 'timers left behind').to.equal(0);
  return { result, call };
}

describe('the closing call', () => {
  it('says twice how it ended, and thanks, and asks for no digit', async () => {
    const { result, call } = await close({});
    expect(result).to.equal('no_digit');
    expect(call.timeline).to.deep.equal([
      'closing-prompt 0-3000',
      'found 3000-11000',
      'found 12000-20000',
      'closing-thanks 20000-23000',
    ]);
    expect(call.steps).to.deep.equal(['closing']);
  });

  it('is not cut short by a digit, which shows that a person listens', async () => {
    const { result, call } = await close({ presses: [{ digit: '4', atMs: 5_000 }] });
    expect(result).to.equal('confirmed');
    expect(call.heardWords).to.equal('closing-prompt found found closing-thanks');
  });

  it('is hung up by who hangs up before its end, unless they pressed a digit', async () => {
    expect((await close({ hangsUpAtMs: 4_000 })).result).to.equal('hung_up');
    expect((await close({ presses: [{ digit: '4', atMs: 3_000 }], hangsUpAtMs: 4_000 })).result).to.equal('confirmed');
  });
});
