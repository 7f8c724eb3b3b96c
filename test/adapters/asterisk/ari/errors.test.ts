import { expect } from 'chai';
import { AriError } from '../../../../src/adapters/asterisk/ari/errors.js';

describe('ARI error', () => {
  it('distinguishes a missing call from a missing answer by the status', () => {
    const is = (status: number): boolean[] => {
      const error = new AriError(status, 'x');
      return [error.gone, error.unanswered];
    };
    for (const status of [404, 409, 412]) expect(is(status), String(status)).to.deep.equal([true, false]);
    expect(is(0)).to.deep.equal([false, true]);
    for (const status of [400, 422, 500]) expect(is(status), String(status)).to.deep.equal([false, false]);
  });
});
