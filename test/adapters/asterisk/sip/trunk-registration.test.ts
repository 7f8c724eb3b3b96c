import { expect } from 'chai';
import type { Registration } from '../../../../src/adapters/asterisk/sip/registration.js';
import { TrunkRegistration } from '../../../../src/adapters/asterisk/sip/trunk-registration.js';
import { SipCopy } from '../../../../src/adapters/asterisk/sip/sip-copy.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { packetOf } from '../hep-packets.js';

/** Where the copies of hep-packets.ts say that their messages went. */
const COPIED_TO_PORT = 17_720;
const CALL_ID = 'b1946ac9';
const message = (start: string, cseq: number, { callId = CALL_ID, method = 'REGISTER', body = '' } = {}): Buffer =>
  packetOf([start, `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, 'Content-Length: 0', '', body].join('\r\n'));
const asks = (cseq: number, server = 'op.example:5060'): Buffer => message(`REGISTER sip:${server} SIP/2.0`, cseq);
const answers = (status: string, cseq: number, options = {}): Buffer => message(`SIP/2.0 ${status}`, cseq, options);

describe('the watch on our registration', () => {
  let clock: FakeClock;
  let told: Registration[];
  let watch: TrunkRegistration;

  const started = (sipPort: number): TrunkRegistration =>
    new TrunkRegistration({
      server: 'op.example:5060',
      sipPort,
      silenceMs: 14_800,
      clock,
      onChange: (registration) => told.push(registration),
    });
  const takes = (...packets: readonly Buffer[]): void => {
    for (const packet of packets) {
      const copy = SipCopy.in(packet);
      if (copy) watch.take(copy);
    }
  };

  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    watch = started(1);
  });

  it('tells that it was accepted, and nothing of the challenge before', async () => {
    takes(asks(1), answers('401 Unauthorized', 1), asks(2), answers('100 Trying', 2), answers('200 OK', 2));
    await clock.advance(60_000);
    expect(told).to.deep.equal([{ type: 'registered' }]);
  });

  it('tells the last refusal, once Asterisk leaves it at that', async () => {
    takes(asks(1), answers('401 Unauthorized', 1), asks(2), answers('407 Proxy Authentication Required', 2));
    await clock.advance(1_499);
    expect(told).to.deep.equal([]);
    await clock.advance(1);
    expect(told).to.deep.equal([{ type: 'refused', status: 407, phrase: 'Proxy Authentication Required' }]);
  });

  it('leaves out a telephone number, and what is no text, of the words of a refusal', async () => {
    takes(asks(1), answers('403 No account for +31 6 12345678\x1b[2J, 0612345678!', 1));
    await clock.advance(2_000);
    const [{ phrase = '' } = {}] = told as { phrase?: string }[];
    expect(phrase)
      .to.match(/^No account for …/)
      .and.not.match(/\d{4}|[^ -~…]/);
  });

  it('tells that none came, from the first that was not answered', async () => {
    takes(asks(1));
    await clock.advance(13_000);
    takes(asks(2));
    await clock.advance(1_800);
    expect(told).to.deep.equal([{ type: 'silent' }]);
    takes(answers('200 OK', 2));
    expect(told.at(-1)).to.deep.equal({ type: 'registered' });
  });

  it('takes no answer to another request, call or method for its own', async () => {
    takes(
      answers('403 Forbidden', 1),
      asks(7),
      answers('403 Forbidden', 6),
      answers('403 Forbidden', 7, { callId: 'another' }),
      answers('403 Forbidden', 7, { method: 'INVITE', body: 'CSeq: 7 REGISTER' }),
      message('REFER sip:REGISTER@op.example SIP/2.0', 9, { method: 'REFER' }),
      Buffer.from('HEP3'),
      Buffer.from('REGISTER'),
    );
    await clock.advance(14_799);
    expect(told).to.deep.equal([]);
  });

  it('takes neither a softphone nor a stranger for itself, who register with us', async () => {
    takes(asks(1, 'desk.example:5060'), answers('403 Forbidden', 1));
    watch = started(COPIED_TO_PORT);
    takes(asks(1), answers('403 Forbidden', 1));
    await clock.advance(60_000);
    expect(told).to.deep.equal([]);
  });
});
