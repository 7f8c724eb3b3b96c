import { expect } from 'chai';
import type { Registration } from '../../../../src/adapters/asterisk/sip/registration.js';
import { TrunkRegistration } from '../../../../src/adapters/asterisk/sip/trunk-registration.js';
import { SipCopy } from '../../../../src/adapters/asterisk/sip/sip-copy.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { packetOf } from './hep-packets.js';

/** Destination port in the packets of hep-packets.ts. */
const PACKET_PORT = 17_720;
const CALL_ID = 'b1946ac9';
const message = (start: string, cseq: number, { callId = CALL_ID, method = 'REGISTER', body = '' } = {}): Buffer =>
  packetOf([start, `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, 'Content-Length: 0', '', body].join('\r\n'));
const request = (cseq: number, server = 'op.example:5060'): Buffer => message(`REGISTER sip:${server} SIP/2.0`, cseq);
const answer = (status: string, cseq: number, options = {}): Buffer => message(`SIP/2.0 ${status}`, cseq, options);

describe('registration with the operator', () => {
  let clock: FakeClock;
  let reported: Registration[];
  let watch: TrunkRegistration;

  const started = (sipPort: number): TrunkRegistration =>
    new TrunkRegistration({
      server: 'op.example:5060',
      sipPort,
      silenceMs: 14_800,
      clock,
      onChange: (registration) => reported.push(registration),
    });
  const take = (...packets: readonly Buffer[]): void => {
    for (const packet of packets) {
      const copy = SipCopy.in(packet);
      if (copy) watch.take(copy);
    }
  };

  beforeEach(() => {
    clock = new FakeClock();
    reported = [];
    watch = started(1);
  });

  it('is reported as accepted, without the challenge before', async () => {
    take(request(1), answer('401 Unauthorized', 1), request(2), answer('100 Trying', 2), answer('200 OK', 2));
    await clock.advance(60_000);
    expect(reported).to.deep.equal([{ type: 'registered' }]);
  });

  it('is reported as refused once Asterisk has not answered the refusal', async () => {
    take(request(1), answer('401 Unauthorized', 1), request(2), answer('407 Proxy Authentication Required', 2));
    await clock.advance(1_499);
    expect(reported).to.deep.equal([]);
    await clock.advance(1);
    expect(reported).to.deep.equal([{ type: 'refused', status: 407, phrase: 'Proxy Authentication Required' }]);
  });

  it('is refused with a phrase from which numbers and control characters are removed', async () => {
    take(request(1), answer('403 No account for +31 6 12345678\x1b[2J, 0612345678!', 1));
    await clock.advance(2_000);
    const [{ phrase = '' } = {}] = reported as { phrase?: string }[];
    expect(phrase)
      .to.match(/^No account for …/)
      .and.not.match(/\d{4}|[^ -~…]/);
  });

  it('is reported as unanswered, timed from the first request without an answer', async () => {
    take(request(1));
    await clock.advance(13_000);
    take(request(2));
    await clock.advance(1_800);
    expect(reported).to.deep.equal([{ type: 'silent' }]);
    take(answer('200 OK', 2));
    expect(reported.at(-1)).to.deep.equal({ type: 'registered' });
  });

  it('ignores answers to another request, call or method', async () => {
    take(
      answer('403 Forbidden', 1),
      request(7),
      answer('403 Forbidden', 6),
      answer('403 Forbidden', 7, { callId: 'another' }),
      answer('403 Forbidden', 7, { method: 'INVITE', body: 'CSeq: 7 REGISTER' }),
      message('REFER sip:REGISTER@op.example SIP/2.0', 9, { method: 'REFER' }),
      Buffer.from('HEP3'),
      Buffer.from('REGISTER'),
    );
    await clock.advance(14_799);
    expect(reported).to.deep.equal([]);
  });

  it('ignores softphones and strangers that register with us', async () => {
    take(request(1, 'desk.example:5060'), answer('403 Forbidden', 1));
    watch = started(PACKET_PORT);
    take(request(1), answer('403 Forbidden', 1));
    await clock.advance(60_000);
    expect(reported).to.deep.equal([]);
  });
});
