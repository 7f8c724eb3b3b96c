import { expect } from 'chai';
import { judgeCode, judgeCodeWithNumber, type CodeVerdict } from '../../src/domain/code-check.js';

describe('a personal code', () => {
  const alone: [owners: number, wrongLately: number, verdict: CodeVerdict][] = [
    [1, 0, 'accepted'],
    [1, 9, 'accepted'],
    [0, 0, 'wrong'],
    [0, 9, 'wrong'],
    [2, 0, 'ask_number'],
    [1, 10, 'ask_number'],
    [0, 10, 'ask_number'],
  ];
  for (const [owners, wrongLately, verdict] of alone) {
    it(`with ${owners} owners is judged ${verdict} after ${wrongLately} wrong codes`, () => {
      expect(judgeCode(owners, wrongLately)).to.equal(verdict);
    });
  }

  const withNumber: [owners: number, wrongLately: number, verdict: CodeVerdict][] = [
    [1, 0, 'accepted'],
    [2, 4, 'accepted'],
    [0, 4, 'wrong'],
    [0, 5, 'refused'],
    [1, 5, 'refused'],
  ];
  for (const [owners, wrongLately, verdict] of withNumber) {
    it(`with ${owners} owners of that number is judged ${verdict} after ${wrongLately} wrong codes with it`, () => {
      expect(judgeCodeWithNumber(owners, wrongLately)).to.equal(verdict);
    });
  }
});
