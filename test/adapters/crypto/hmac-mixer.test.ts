import { expect } from 'chai';
import { hmacMixer } from '../../../src/adapters/crypto/hmac-mixer.js';
import { codeOf, idsOfCode } from '../../../src/domain/personal-code.js';

describe('HMAC mixer of personal codes', () => {
  it('returns the first 32 bits of HMAC-SHA256 over round and half, as openssl computes them', () => {
    // printf '2:815' | openssl dgst -sha256 -hmac 'a key'
    expect(hmacMixer('a key')(2, 815)).to.equal(0xf88a328f);
  });

  it('makes codes that cannot be read with another key', () => {
    const [ours, theirs] = [hmacMixer('a key'), hmacMixer('another key')];
    const code = codeOf(4_711, ours);
    expect(idsOfCode(code, ours)).to.include(4_711);
    expect(idsOfCode(code, theirs)).not.to.include(4_711);
  });
});
