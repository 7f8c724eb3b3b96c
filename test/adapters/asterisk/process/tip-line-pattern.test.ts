import { expect } from 'chai';
import { inDialplan, tipLineUser } from '../../../../src/adapters/asterisk/process/tip-line-pattern.js';

describe('pattern of the tip line number', () => {
  const isTipLine = (user: string, tipLine = '08000011'): boolean => new RegExp(`^${tipLineUser(tipLine)}$`).test(user);

  for (const user of [
    ...['08000011', '+318000011', '318000011', '00318000011'],
    ...['0800-0011', '0800.0011', '(0800)0011', '+31-800-0011', '+31(0)8000011', '00-31-800-00-11'],
    ...[
      '08000011;phone-context=+31',
      '+318000011;npdi;rn=+31970000001',
      '8000011;isub=1;phone-context=+31;cpc=ordinary',
    ],
  ]) {
    it(`matches ${user}`, () => {
      expect(isTipLine(user)).to.equal(true);
    });
  }

  for (const user of [
    ...['0800001', '080000110', '8000011', '+8000011', '+08000011', '008000011', '+3108000011', '3208000011', ''],
    ...['8000011;phone-context=+32', '0612345678;rn=08000011', '08000011@x', '*8000011', '8000011;phone-context=op.nl'],
  ]) {
    it(`does not match ${user === '' ? 'an empty user' : user}`, () => {
      expect(isTipLine(user)).to.equal(false);
    });
  }

  it('matches a number without an area code unchanged', () => {
    expect([isTipLine('116000', '116000'), isTipLine('+31116000', '116000')]).to.deep.equal([true, false]);
    expect([isTipLine('+3280012345', '3280012345'), isTipLine('03280012345', '3280012345')]).to.deep.equal([
      true,
      false,
    ]);
  });

  it('contains no character that begins a comment in a configuration file', () => {
    expect(inDialplan(tipLineUser('08000011'))).to.not.match(/(^|[^\\]);/);
  });
});
