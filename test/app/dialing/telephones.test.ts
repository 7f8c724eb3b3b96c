import { expect } from 'chai';
import { Telephones } from '../../../src/app/dialing/telephones.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';

describe('Telephones', () => {
  it('frees a telephone once every call with it is over, and tells its listeners once', () => {
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

  it('grants reservations one after another in their order, each after the live call is over', async () => {
    const telephones = new Telephones();
    const log: string[] = [];
    telephones.onFreed(() => log.push('freed'));
    const call = telephones.take(mobile(1));
    const [first, second, third] = [1, 2, 3].map(() => telephones.reserve(mobile(1)));
    for (const [n, { free }] of [first!, second!, third!].entries())
      void free.then(() => log.push(`reserved ${n + 1}`));
    second!.release();
    call.release();
    await first!.free;
    expect([log, telephones.isFree(mobile(1))]).to.deep.equal([['reserved 1'], false]);
    const own = telephones.take(mobile(1));
    first!.release();
    await Promise.resolve();
    expect(log).to.deep.equal(['reserved 1']);
    own.release();
    await third!.free;
    third!.release();
    expect([log, telephones.isFree(mobile(1))]).to.deep.equal([['reserved 1', 'reserved 3', 'freed'], true]);
  });
});
