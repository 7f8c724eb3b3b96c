import { expect } from 'chai';
import { SipCopy } from '../../../../src/adapters/asterisk/sip/sip-copy.js';
import { copyBetween, copyOf, packetOf, REFUSED } from './hep-packets.js';

const PORT = 5060;
const request = 'INFO sip:desk@host SIP/2.0\r\ni : a1@x\r\nCSEQ: 12  info\r\nX: 1\r\n\r\nSignal=5\r\n\r\nmore';

describe('copied SIP message', () => {
  it('has a method and no status when it is a request', () => {
    const copy = copyOf(packetOf(request));
    expect([copy.method, copy.status]).to.deep.equal(['INFO', undefined]);
  });

  it('has a status and no method when it is a response', () => {
    const copy = copyOf(REFUSED);
    expect([copy.method, copy.status]).to.deep.equal(['', 503]);
  });

  it('has Call-ID, also in its compact form, CSeq, and the body after the first empty line', () => {
    const copy = copyOf(packetOf(request));
    expect(copy.callId).to.equal('a1@x');
    expect(copy.cseq).to.deep.equal({ number: '12', method: 'INFO' });
    expect(copy.headers.endsWith('X: 1')).to.equal(true);
    expect(copy.body).to.equal('Signal=5\r\n\r\nmore');
  });

  for (const text of ['\r\n\r\n', 'SIP/2.0 5', 'SIP/2.0 abc', 'SIP/2.0 999 x', 'SIP/3.0 503 x', 'hello', ' ', '\0\0']) {
    it(`is neither request nor response: ${JSON.stringify(text)}`, () => {
      const copy = copyOf(packetOf(text));
      expect([copy.method, copy.status, copy.callId, copy.cseq]).to.deep.equal(['', undefined, undefined, undefined]);
    });
  }

  it('is not found in a packet that is not HEP, or that is cut off', () => {
    for (const packet of [Buffer.alloc(0), Buffer.from(request), REFUSED.subarray(0, 300), REFUSED.subarray(0, 9)])
      expect(SipCopy.in(packet)).to.equal(undefined);
  });

  const WAYS = [
    ['in', '192.0.2.9', '127.0.0.1', true],
    ['in on another loopback address', '127.0.0.1', '127.0.0.7', true],
    ['in on the wildcard address', '192.0.2.9', '0.0.0.0', true],
    ['in by IPv6', '2001:db8:0:0:0:0:0:9', '0:0:0:0:0:0:0:0', true],
    ['out to an operator with our own port', '127.0.0.1', '192.0.2.9', false],
    ['out by IPv6', '0:0:0:0:0:0:0:1', '2001:db8:0:0:0:0:0:9', false],
  ] as const;
  for (const [way, from, to, isIn] of WAYS) {
    it(`knows whether it came in: ${way}`, () => {
      const copy = copyBetween({ from, to, port: PORT }, request);
      expect(copy.cameTo([1, PORT])).to.equal(isIn);
      expect(copy.cameTo([1])).to.equal(false);
      expect(copy.source).to.equal(from);
    });
  }
});
