import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { codeOf, idsOfCode, type Mixer } from '../../src/domain/personal-code.js';

const mixer =
  (key: string): Mixer =>
  (round, half) =>
    createHmac('sha256', key).update(`${round} ${half}`).digest().readUInt32BE();
const mix = mixer('a key of the test');

describe('personal codes', () => {
  it('have six digits and never change for the same participant', () => {
    for (const id of [1, 2, 3, 999_999, 1_000_000, 2_400_000]) {
      expect(codeOf(id, mix)).to.match(/^\d{6}$/);
      expect(codeOf(id, mix)).to.equal(codeOf(id, mix));
    }
  });

  it('lead back to the participant, and to at most two others among the first ten thousand', () => {
    for (let id = 1; id <= 500; id++) {
      const found = idsOfCode(codeOf(id, mix), mix).filter((one) => one <= 10_000);
      expect(found).to.include(id);
      expect(found.length).to.be.at.most(3);
    }
  });

  it('lead back to participants with ids above a million too', () => {
    for (const id of [1_000_001, 2_399_999, 17_000_000]) expect(idsOfCode(codeOf(id, mix), mix)).to.include(id);
  });

  it('lead to every possible owner once', () => {
    const ids = idsOfCode('123456', mix);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(ids.map((id) => codeOf(id, mix))).to.deep.equal(ids.map(() => '123456'));
  });

  it('of consecutive ids and of other installations are unrelated', () => {
    const ours = Array.from({ length: 1_000 }, (_, id) => codeOf(id + 1, mix));
    const others = Array.from({ length: 1_000 }, (_, id) => codeOf(id + 1, mixer('another key')));
    expect(ours.filter((code, index) => code === others[index]).length).to.be.at.most(2);
    const steps = ours.slice(1).map((code, index) => Number(code) - Number(ours[index]));
    // Among a thousand random codes a few are equal.
    expect(new Set(steps).size).to.be.above(980);
    expect(new Set(ours).size).to.be.above(980);
  });

  it('have no owner when the text is not a code', () => {
    for (const text of ['', '12345', '1234567', '12345a', '-12345']) expect(idsOfCode(text, mix)).to.deep.equal([]);
  });
});
