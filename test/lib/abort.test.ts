import { expect } from 'chai';
import { getEventListeners } from 'node:events';
import { aborted, orAborted } from '../../src/lib/abort.js';

const REASON = new Error('hung up');

/** The reason of a rejection. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`resolved with ${String(value)}`);
    },
    (error: unknown) => error,
  );
}

describe('work that can be aborted', () => {
  it('gives its result when it ends before the abort', async () => {
    expect(await orAborted(Promise.resolve('done'), new AbortController().signal)).to.equal('done');
  });

  it('gives its own error when it fails before the abort', async () => {
    const own = new Error('broken');
    expect(await rejection(orAborted(Promise.reject(own), new AbortController().signal))).to.equal(own);
  });

  it('rejects with the reason of the signal when the abort comes first', async () => {
    const controller = new AbortController();
    const waiting = rejection(orAborted(new Promise(() => undefined), controller.signal));
    controller.abort(REASON);
    expect(await waiting).to.equal(REASON);
  });

  it('rejects at once under a signal that is already aborted', async () => {
    expect(await rejection(orAborted(new Promise(() => undefined), AbortSignal.abort(REASON)))).to.equal(REASON);
  });

  it('leaves no listener on the signal', async () => {
    const controller = new AbortController();
    await orAborted(Promise.resolve(), controller.signal);
    await rejection(orAborted(Promise.reject(new Error('broken')), controller.signal));
    expect(getEventListeners(controller.signal, 'abort')).to.have.lengthOf(0);
    const waiting = rejection(orAborted(new Promise(() => undefined), controller.signal));
    expect(getEventListeners(controller.signal, 'abort')).to.have.lengthOf(1);
    controller.abort(REASON);
    await waiting;
    expect(getEventListeners(controller.signal, 'abort')).to.have.lengthOf(0);
  });

  it('causes no unhandled rejection when it is aborted or fails after its end', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): number => unhandled.push(reason);
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
    try {
      const controller = new AbortController();
      aborted(controller.signal);
      let fail: (error: Error) => void = () => undefined;
      const work = new Promise((_, reject) => (fail = reject));
      const waiting = rejection(orAborted(work, controller.signal));
      controller.abort(REASON);
      await waiting;
      fail(new Error('too late'));
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const listener of others) process.on('unhandledRejection', listener);
    }
    expect(unhandled).to.deep.equal([]);
  });
});
