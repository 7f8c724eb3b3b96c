import { expect } from 'chai';
import { isForgiven } from '../../scripts/lib/compose-test/running.mjs';

describe('the verdict of the compose test', () => {
  for (const line of [
    '  ✗ people who pressed a key and stayed heard the message twice, the ending and the thanks: 36 of 47 calls',
    '  ✗ key → message within 100 ms: p50 7 ms, p99 7970 ms of 50; never in 1',
    '  ✗ never more calls than lines: 37 of 36 at once',
  ])
    it(`forgives on a busy machine: ${line.trim()}`, () => {
      expect(isForgiven(line)).to.equal(true);
    });

  for (const line of [
    '  ✗ people who pressed a key and stayed heard the message twice, the ending and the thanks: 20 of 47 calls',
    '  ✗ every number was called as often as required, and no other number: 101 of 102 numbers',
    '  ✗ tips were put through: the caller heard the centralist: 0 of 3 calls',
    '  ✗ the softphone rang once: 2 calls',
    '  ✗ the service was away, and came back: not seen',
    '  ✗ key → message within 100 ms: p50 170 ms, p99 200 ms of 50',
    '  ✗ never more calls than lines: 45 of 36 at once',
  ])
    it(`does not forgive: ${line.trim()}`, () => {
      expect(isForgiven(line)).to.equal(false);
    });
});
