import { expect } from 'chai';
import { makePin, scryptDigests } from '../../../src/app/centralists/pin-digest.js';

describe('the digest of a PIN', () => {
  const { digestOf, isOf } = scryptDigests;

  it('contains its parameters, but not the PIN', async () => {
    const digest = digestOf('04071999');
    expect(digest).to.match(/^scrypt\$4096\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(digest).not.to.contain('04071999');
    expect(await isOf(digest, '04071999')).to.equal(true);
    expect(await isOf(digest, '04071998')).to.equal(false);
    expect(await isOf(digest, '')).to.equal(false);
  });

  it('differs each time, so that equal PINs are not recognised', () => {
    expect(digestOf('1234')).not.to.equal(digestOf('1234'));
  });

  it('can be read when it was made with another cost', async () => {
    const old = 'scrypt$1024$8$1$c2FsdHNhbHRzYWx0c2E$JME1eIF_sjVrLNfs0fPS0NDk-YAqTK5gZyp6VE4c06s';
    expect(await isOf(old, '1234')).to.equal(true);
  });

  it('matches no PIN when it is not a digest', async () => {
    for (const digest of ['', 'scrypt', 'md5$1$2$3$a$b', '1234']) expect(await isOf(digest, '1234')).to.equal(false);
  });

  it('is made for random PINs of four digits, also with leading zeros', () => {
    const pins = Array.from({ length: 2_000 }, makePin);
    expect(pins.every((pin) => /^\d{4}$/.test(pin))).to.equal(true);
    expect(pins.some((pin) => pin.startsWith('0'))).to.equal(true);
  });
});
