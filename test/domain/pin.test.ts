import { expect } from 'chai';
import {
  afterWrongPin,
  isPinBlocked,
  NO_TRIES,
  parsePin,
  PIN_BLOCKED_MS,
  type PinTries,
} from '../../src/domain/pin.js';

describe('a PIN', () => {
  for (const pin of ['1234', '0000', '12345678']) {
    it(`may be ${pin}`, () => {
      expect(parsePin(pin)).to.deep.equal({ ok: true, value: pin });
    });
  }

  for (const pin of ['', '123', '123456789', '12a4', ' 1234', '1234 ', '１２３４', '12*4']) {
    it(`may not be '${pin}'`, () => {
      expect(parsePin(pin)).to.deep.equal({ ok: false, reason: 'must be 4 to 8 digits' });
    });
  }
});

describe('wrong PINs', () => {
  const NOW = 1_700_000_000_000;
  const wrong = (times: number, from = NO_TRIES): PinTries =>
    Array.from({ length: times }).reduce<PinTries>((tries) => afterWrongPin(tries, NOW), from);

  it('do not block the PIN when there are nine in a row', () => {
    expect(wrong(9)).to.deep.equal({ wrong: 9, blockedUntil: 0 });
    expect(isPinBlocked(wrong(9), NOW)).to.equal(false);
  });

  it('block the PIN for ten minutes when there are ten in a row', () => {
    const tries = wrong(10);
    expect(isPinBlocked(tries, NOW)).to.equal(true);
    expect(isPinBlocked(tries, NOW + PIN_BLOCKED_MS - 1)).to.equal(true);
    expect(isPinBlocked(tries, NOW + PIN_BLOCKED_MS)).to.equal(false);
  });

  it('are counted from zero after the block', () => {
    const tries = wrong(9, wrong(10));
    expect(isPinBlocked(tries, NOW + PIN_BLOCKED_MS)).to.equal(false);
    expect(isPinBlocked(afterWrongPin(tries, NOW), NOW)).to.equal(true);
  });
});
