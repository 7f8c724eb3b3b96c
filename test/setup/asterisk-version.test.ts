import { expect } from 'chai';
import { compareVersions, isAccepted, isNewEnough } from '../../scripts/lib/asterisk-version.mjs';

describe('the accepted versions of Asterisk', () => {
  for (const version of [
    '22.10.1',
    'Asterisk 22.10.1',
    '22.10.1+dfsg+~cs6.17.60671434-1',
    '22.10.1~dfsg-2',
    '22.10.2',
    '22.11.0-rc1',
    '22.12-cert1',
    '23.4.1',
  ]) {
    it(`accepts ${version}`, () => expect(isNewEnough(version)).to.equal(true));
  }

  for (const version of [
    '22.10.0',
    '22.9.0+dfsg',
    '20.20.1',
    '16.28.0~dfsg-0+deb11u4',
    '22.8-cert3',
    'certified/22.8-cert3',
    '22.10.1-rc2',
    '22.10.1~rc2+dfsg',
    'GIT-master-1a2b3c4',
    'unknown',
    '',
  ]) {
    it(`refuses ${version || 'an empty version'}`, () => expect(isNewEnough(version)).to.equal(false));
  }

  it('accepts an old or unknown version only with BURGERNET_ALLOW_OLD_ASTERISK=1', () => {
    expect(isAccepted('GIT-master-1a2b3c4', { BURGERNET_ALLOW_OLD_ASTERISK: '1' })).to.equal(true);
    expect(isAccepted('20.6.0', { BURGERNET_ALLOW_OLD_ASTERISK: '0' })).to.equal(false);
    expect(isAccepted('20.6.0', {})).to.equal(false);
  });

  it('compares the parts of a version as numbers', () => {
    expect(compareVersions('22.10.1', '22.9.9')).to.be.above(0);
    expect(compareVersions('22.10.1-rc1', '22.10.1')).to.be.below(0);
    expect(compareVersions('22.10', '22.10.0')).to.equal(0);
    expect(() => compareVersions('22.10.1', 'soon')).to.throw(TypeError, 'soon');
  });
});
