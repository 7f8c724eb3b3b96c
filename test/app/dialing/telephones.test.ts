import { expect } from 'chai';
import { Telephones } from '../../../src/app/dialing/telephones.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';

describe('telephones', () => {
  it('are free once every call with them is over, and each is told of once', () => {
    const telephones = new Telephones();
    const freed: string[] = [];
    telephones.onFreed((phone) => freed.push(phone));
    const [first, second] = [telephones.take(mobile(1)), telephones.take(mobile(1))];
    first.release();
    first.release();
    expect([telephones.isFree(mobile(1)), telephones.isFree(mobile(2)), freed]).to.deep.equal([false, true, []]);
    second.release();
    expect([telephones.isFree(mobile(1)), freed]).to.deep.equal([true, [mobile(1)]]);
  });

  it('are kept for one reservation after another, in their order, each after the call that is up', async () => {
    const telephones = new Telephones();
    const told: string[] = [];
    telephones.onFreed(() => told.push('freed'));
    const call = telephones.take(mobile(1));
    const [first, second, third] = [1, 2, 3].map(() => telephones.reserve(mobile(1)));
    for (const [n, { free }] of [first!, second!, third!].entries())
      void free.then(() => told.push(`reserved ${n + 1}`));
    second!.release();
    call.release();
    await first!.free;
    expect([told, telephones.isFree(mobile(1))]).to.deep.equal([['reserved 1'], false]);
    const own = telephones.take(mobile(1));
    first!.release();
    await Promise.resolve();
    expect(told).to.deep.equal(['reserved 1']);
    own.release();
    await third!.free;
    third!.release();
    expect([told, telephones.isFree(mobile(1))]).to.deep.equal([['reserved 1', 'reserved 3', 'freed'], true]);
  });
});
