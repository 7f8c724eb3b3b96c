import { expect } from 'chai';
import { PasswordWatch } from '../../../../src/adapters/asterisk/sip/password-watch.js';
import type { PasswordTry } from '../../../../src/ports/telephony.js';
import { copyBetween } from './hep-packets.js';

const OUR_PORT = 5060;
const [OURS, THEIRS] = ['127.0.0.1', '192.0.2.9'];
/** The operator uses the same port as our Asterisk, as most operators do. */
const IN = { from: THEIRS, to: OURS, port: OUR_PORT };
const OUT = { from: OURS, to: THEIRS, port: OUR_PORT };

const request = (method: string): string =>
  [
    `${method} sip:op.example SIP/2.0`,
    'Call-ID: a1',
    `CSeq: 7 ${method}`,
    'Authorization: Digest username="desk-201", realm="x", response="y"',
    '',
    '',
  ].join('\r\n');
const response = (status: string, method: string, ...headers: readonly string[]): string =>
  [`SIP/2.0 ${status}`, 'Call-ID: a1', `CSeq: 7 ${method}`, ...headers, '', ''].join('\r\n');

describe('password watch', () => {
  let tried: PasswordTry[];
  let watch: PasswordWatch;

  beforeEach(() => {
    tried = [];
    watch = new PasswordWatch({ sipPorts: [OUR_PORT], onTry: (one) => tried.push(one) });
  });

  it('reports a wrong password with the address and the username', () => {
    watch.take(copyBetween(IN, request('REGISTER')));
    watch.take(copyBetween(OUT, response('401 Unauthorized', 'REGISTER')));
    expect(tried).to.deep.equal([{ username: 'desk-201', address: THEIRS, result: 'wrong' }]);
  });

  it('reports a right password of a registration, and nothing when only its nonce was old', () => {
    watch.take(copyBetween(IN, request('REGISTER')));
    watch.take(copyBetween(OUT, response('401 Unauthorized', 'REGISTER', 'WWW-Authenticate: Digest stale=true')));
    watch.take(copyBetween(IN, request('REGISTER')));
    watch.take(copyBetween(OUT, response('200 OK', 'REGISTER', 'Contact: <sip:x>')));
    expect(tried.map(({ result }) => result)).to.deep.equal(['registered']);
  });

  for (const [method, status] of [
    ['REGISTER', '401 Unauthorized'],
    ['REGISTER', '403 Forbidden'],
    ['REGISTER', '200 OK'],
    ['INVITE', '407 Proxy Authentication Required'],
    ['INVITE', '403 Forbidden'],
  ] as const) {
    it(`reports nothing about our own ${method} to an operator on the same port, answered ${status}`, () => {
      watch.take(copyBetween(OUT, request(method)));
      watch.take(copyBetween(IN, response(status, method, 'Contact: <sip:x>')));
      expect(tried).to.deep.equal([]);
    });
  }
});
