import { expect } from 'chai';
import { parseAriAddress } from '../../../../src/adapters/asterisk/ari/address.js';
import { AsteriskUnusable } from '../../../../src/adapters/asterisk/ari/errors.js';

describe('ARI address', () => {
  it('reads user and password, and decodes escaped characters', () => {
    const address = parseAriAddress('http://bur%40ger:p%3Aw%2F@192.0.2.7:8088');
    expect(address).to.deep.equal({
      httpUrl: 'http://192.0.2.7:8088',
      websocketUrl: 'ws://192.0.2.7:8088',
      username: 'bur@ger',
      password: 'p:w/',
      authorization: `Basic ${Buffer.from('bur@ger:p:w/').toString('base64')}`,
    });
  });

  it('refuses a URL without user or password', () => {
    for (const url of ['http://192.0.2.7:8088', 'http://user@192.0.2.7:8088']) {
      expect(() => parseAriAddress(url))
        .to.throw(AsteriskUnusable)
        .with.property('code', 'wrong_password');
    }
  });
});
