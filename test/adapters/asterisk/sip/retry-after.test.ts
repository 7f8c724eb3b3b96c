import { expect } from 'chai';
import { RecentRefusals, refusalIn, type Refusal } from '../../../../src/adapters/asterisk/sip/retry-after.js';
import { SipCopy } from '../../../../src/adapters/asterisk/sip/sip-copy.js';
import { ACK, packetOf, REFUSED, REFUSED_CALL_ID, refusal, TRYING } from './hep-packets.js';

const BUSY = '503 Service Unavailable';
const withRetryAfter = (retryAfterSeconds: number | undefined): object => ({
  sipCallId: REFUSED_CALL_ID,
  retryAfterSeconds,
});

const WITH: [string, Buffer, number][] = [
  ['with a comment, as Asterisk sent it', REFUSED, 1],
  ['seconds alone', refusal(BUSY, ['Retry-After: 120']), 120],
  ['a duration (RFC 3261 20.33)', refusal(BUSY, ['Retry-After: 18000;duration=3600']), 18_000],
  ['a comment with a number in it', refusal(BUSY, ["Retry-After: 30 (I'm in a meeting until 5)"]), 30],
  ['zero', refusal(BUSY, ['Retry-After: 0']), 0],
  ['in capitals, without a space', refusal(BUSY, ['RETRY-AFTER:7']), 7],
  ['with space before the colon', refusal(BUSY, ['Retry-After : 7']), 7],
  ['folded over two lines', refusal(BUSY, ['Retry-After:\r\n 45']), 45],
  ['on a 429', refusal('429 Too Many Requests', ['Retry-After: 3']), 3],
  ['on a 486', refusal('486 Busy Here', ['Retry-After: 60']), 60],
  ['on a 603', refusal('603 Decline', ['Retry-After: 60']), 60],
  ['on a 302', refusal('302 Moved Temporarily', ['Retry-After: 60']), 60],
  [
    'with the compact form of Call-ID',
    packetOf(`SIP/2.0 503 x\r\ni: ${REFUSED_CALL_ID}\r\nCSeq: 1 INVITE\r\nRetry-After: 9\r\n\r\n`),
    9,
  ],
];

const WITHOUT: [string, Buffer][] = [
  ['a refusal without it', refusal(BUSY)],
  ['a header whose name only ends in Retry-After', refusal(BUSY, ['X-Retry-After: 5'])],
  ['a date, which SIP does not allow', refusal(BUSY, ['Retry-After: Fri, 31 Dec 2027 23:59:59 GMT'])],
  ['a negative number', refusal(BUSY, ['Retry-After: -5'])],
  ['too many digits', refusal(BUSY, ['Retry-After: 123456789012345'])],
  ['the same words in a body', refusal(BUSY, [], { body: '\r\nRetry-After: 5\r\n' })],
];

const NO_REFUSAL: [string, Buffer][] = [
  ['a provisional response', TRYING],
  ['a request of ours', ACK],
  ['an answer with it', refusal('200 OK', ['Retry-After: 5'])],
  ['a challenge', refusal('401 Unauthorized', ['Retry-After: 5'])],
  ['a challenge of a proxy', refusal('407 Proxy Authentication Required')],
  ['a refused registration', refusal(BUSY, ['Retry-After: 5'], { method: 'REGISTER' })],
  ['a refused BYE of the call', refusal('500 Server Internal Error', ['Retry-After: 5'], { method: 'BYE' })],
  ['no Call-ID', packetOf('SIP/2.0 503 x\r\nCSeq: 1 INVITE\r\nRetry-After: 9\r\n\r\n')],
  [
    'a request that looks like a response',
    packetOf('OPTIONS 5ip:x SIP/2.0\r\nCSeq: 1 INVITE\r\nRetry-After: 9\r\n\r\n'),
  ],
  ['an empty message', packetOf('')],
  ['a keep-alive', packetOf('\r\n\r\n')],
  ['an empty packet', Buffer.alloc(0)],
  ['a packet that is not HEP', Buffer.from('SIP/2.0 503 x\r\nRetry-After: 9\r\n\r\n')],
  ['a packet cut off in the message', REFUSED.subarray(0, 300)],
  ['a packet cut off in a chunk', REFUSED.subarray(0, 9)],
  ['a chunk with length 0', Buffer.from('484550330010000000010000ffffffffff', 'hex')],
];

/** Also undefined for a packet without a message. */
function refusalOf(packet: Buffer): Refusal | undefined {
  const copy = SipCopy.in(packet);
  return copy && refusalIn(copy);
}

describe('Retry-After in a copied SIP message', () => {
  for (const [what, packet, seconds] of WITH) {
    it(`is read: ${what}`, () => {
      expect(refusalOf(packet)).to.deep.equal(withRetryAfter(seconds));
    });
  }
  for (const [what, packet] of WITHOUT) {
    it(`is missing: ${what}`, () => {
      expect(refusalOf(packet)).to.deep.equal(withRetryAfter(undefined));
    });
  }
  for (const [what, packet] of NO_REFUSAL) {
    it(`is read only from a refusal of a call, not from ${what}`, () => {
      expect(refusalOf(packet)).to.equal(undefined);
    });
  }

  it('is found in a packet with the chunks for IPv6 addresses and a password', () => {
    const chunk = (type: number, bytes: number): Buffer => {
      const made = Buffer.alloc(6 + bytes, 0x20);
      made.writeUInt32BE(type, 0);
      made.writeUInt16BE(made.length, 4);
      return made;
    };
    const packet = Buffer.concat([
      REFUSED.subarray(0, 6),
      chunk(5, 16),
      chunk(6, 16),
      chunk(14, 8),
      REFUSED.subarray(6),
    ]);
    expect(refusalOf(packet)).to.deep.equal(withRetryAfter(1));
  });
});

describe('recent refusals', () => {
  let refusals: RecentRefusals;
  const seconds = (sipCallId: string, now: number): number | undefined =>
    refusals.take(sipCallId, now)?.retryAfterSeconds;
  beforeEach(() => {
    refusals = new RecentRefusals();
  });

  it('belong to their own call, even when two answers cross, and are taken once', () => {
    refusals.add({ sipCallId: 'a', retryAfterSeconds: 5 }, 0);
    refusals.add({ sipCallId: 'b', retryAfterSeconds: 90 }, 1);
    expect([seconds('b', 2), seconds('a', 3), seconds('a', 4)]).to.deep.equal([90, 5, undefined]);
  });

  it('keep the Retry-After of the last repetition', () => {
    refusals.add({ sipCallId: 'a', retryAfterSeconds: 5 }, 0);
    refusals.add({ sipCallId: 'a', retryAfterSeconds: 4 }, 1_000);
    expect(seconds('a', 1_001)).to.equal(4);
  });

  it('are dropped after 10 s, and not before', () => {
    refusals.add({ sipCallId: 'a', retryAfterSeconds: 5 }, 0);
    refusals.add({ sipCallId: 'b', retryAfterSeconds: 5 }, 0);
    expect(seconds('a', 10_000)).to.equal(5);
    expect(seconds('b', 10_001)).to.equal(undefined);
  });

  it('are kept for the last three thousand calls at most', () => {
    for (let n = 1; n <= 3_001; n++) refusals.add({ sipCallId: `call-${n}`, retryAfterSeconds: n }, 0);
    expect([seconds('call-1', 0), seconds('call-2', 0), seconds('call-3001', 0)]).to.deep.equal([undefined, 2, 3_001]);
  });
});
