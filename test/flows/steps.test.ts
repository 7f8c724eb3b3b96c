import { expect } from 'chai';
import { getEventListeners } from 'node:events';
import { rendered, silence } from '../../src/domain/messages.js';
import { holdUntil } from '../../src/flows/steps/hold.js';
import { pressKey } from '../../src/flows/steps/keys.js';
import { untilHungUp } from '../../src/flows/steps/until-hung-up.js';
import { HungUp } from '../../src/ports/call.js';
import { answeredCall } from '../support/fake-call.js';
import { FakeClock } from '../support/fake-clock.js';

const error = (promise: Promise<unknown>): Promise<unknown> => promise.catch((thrown: unknown) => thrown);

describe('pressing a key', () => {
  it('stops the sound and gives the key', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock, { presses: [{ digit: '8', atMs: 1_200 }] });
    expect(await clock.finish(pressKey(call, [rendered('message')]))).to.equal('8');
    await clock.advance(100);
    expect(call.timeline).to.deep.equal(['message 0-1200']);
  });

  it('gives nothing when the sounds and the silence after them are over', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock);
    const begun = clock.monotonic();
    expect(await clock.finish(pressKey(call, [rendered('message'), ...silence(3)]))).to.equal(undefined);
    expect(clock.monotonic() - begun).to.equal(11_000);
  });

  it('takes a key that was pressed before, and plays almost nothing', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock);
    call.onDigit('#');
    expect(await clock.finish(pressKey(call, [rendered('message')]))).to.equal('#');
    expect(call.heard(rendered('message')).ms).to.equal(0);
  });

  it('leaves a later key to the next question', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock, { presses: [{ digit: '3', atMs: 9_000 }] });
    expect(await clock.finish(pressKey(call, [rendered('message')]))).to.equal(undefined);
    expect(await clock.finish(pressKey(call, silence(5)))).to.equal('3');
  });

  it('ends with the call, and leaves no listener on it', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock, { hangsUpAtMs: 500 });
    expect(await clock.finish(error(pressKey(call, [rendered('message')])))).to.be.instanceOf(HungUp);
    expect(getEventListeners(call.signal, 'abort')).to.have.lengthOf(0);
    expect(clock.pending).to.equal(0);
  });
});

describe('holding a caller', () => {
  const never = new AbortController().signal;
  const after = <T>(clock: FakeClock, ms: number, value: T): Promise<T> =>
    new Promise((resolve) => {
      clock.after(ms, () => {
        resolve(value);
      });
    });

  it('repeats hold audio until the work is done', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock);
    expect(await clock.finish(holdUntil(call, after(clock, 14_000, 'done'), never))).to.equal('done');
    await clock.advance(10_000);
    expect(call.timeline).to.deep.equal(['hold 0-6000', 'hold 6000-12000', 'hold 12000-14000']);
  });

  it('plays nothing when the work is already done', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock);
    expect(await clock.finish(holdUntil(call, Promise.resolve('done'), never))).to.equal('done');
    expect(call.played).to.deep.equal([]);
  });

  it('stops when the signal aborts', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock);
    const stop = new AbortController();
    void holdUntil(call, new Promise(() => undefined), stop.signal);
    await clock.advance(1_000);
    stop.abort();
    await clock.advance(10_000);
    expect(call.timeline).to.deep.equal(['hold 0-1000']);
    expect(clock.pending).to.equal(0);
  });

  it('rejects with the error of the work, and with HungUp at the end of the call', async () => {
    const clock = new FakeClock();
    const failed = holdUntil(answeredCall(clock), Promise.reject(new Error('no softphone')), never);
    expect(await clock.finish(error(failed))).to.have.property('message', 'no softphone');
    const call = answeredCall(clock, { hangsUpAtMs: 4_000 });
    const held = holdUntil(call, new Promise(() => undefined), never);
    expect(await clock.finish(error(held))).to.be.instanceOf(HungUp);
  });
});

describe('running a flow until the call ends', () => {
  it('resolves with the given result when the call ends, and rejects with any other error', async () => {
    const clock = new FakeClock();
    const call = answeredCall(clock, { hangsUpAtMs: 100 });
    const ended = untilHungUp(
      async () => call.play([rendered('message')]),
      () => 'stopped' as const,
    );
    expect(await clock.finish(ended)).to.equal('stopped');
    const broken = untilHungUp<string>(
      () => Promise.reject(new Error('broken')),
      () => 'stopped',
    );
    expect(await error(broken)).to.have.property('message', 'broken');
  });
});
