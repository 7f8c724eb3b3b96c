import { expect } from 'chai';
import { InfoKeys } from '../../../../src/adapters/asterisk/sip/info-keys.js';
import { KeyRoads } from '../../../../src/adapters/asterisk/calls/key-roads.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { copyOf, packetOf } from '../hep-packets.js';

const CALL_ID = 'a84b4c76e66710';
/** Where the copies of hep-packets.ts say that their messages went. */
const COPIED_TO_PORT = 17_720;

interface Info {
  readonly body?: string;
  readonly type?: string;
  readonly cseq?: number;
  readonly callId?: string;
}

describe('the keys of a call', () => {
  let clock: FakeClock;
  let infoKeys: InfoKeys;
  let cseq: number;
  let pressed: string;
  let roads: KeyRoads;

  const info = ({ body = 'Signal=5\r\nDuration=160\r\n', type = 'dtmf-relay', ...rest }: Info = {}): void => {
    const { cseq: number = ++cseq, callId = CALL_ID } = rest;
    const headers = [`Call-ID: ${callId}`, `CSeq: ${number} INFO`, `Content-Type: application/${type}`];
    infoKeys.take(copyOf(packetOf(['INFO sip:desk@host SIP/2.0', ...headers, '', body].join('\r\n'))));
  };
  const heard = (digit: string, ms = 100): void => {
    roads.heard({ digit, at: clock.now(), ms });
  };
  const start = (sipPorts: readonly number[] = [], sipCallId: string | undefined = CALL_ID): void => {
    infoKeys = new InfoKeys({ sipPorts, clock });
    roads = new KeyRoads({
      clock,
      infoKeys,
      sipCallId: () => Promise.resolve(sipCallId),
      onKey: (digit) => (pressed += digit),
    });
  };

  beforeEach(() => {
    clock = new FakeClock();
    [cseq, pressed] = [0, ''];
    start();
    infoKeys.take(copyOf(packetOf('OPTIONS sip:host SIP/2.0\r\n\r\n')));
  });
  afterEach(() => {
    roads.close();
  });

  it('count by the copies of INFO, whichever of copy and event comes first', async () => {
    info();
    heard('5');
    await clock.advance(150);
    heard('5', 160);
    await clock.advance(20);
    info();
    await clock.advance(1_000);
    expect(pressed).to.equal('55');
  });

  it('count once when the first copy comes long after the event of RFC 4733', async () => {
    heard('5');
    await clock.advance(160);
    heard('5');
    await clock.advance(140);
    info();
    heard('5');
    await clock.advance(160);
    info();
    heard('5');
    await clock.advance(1_000);
    expect(pressed).to.equal('55');
  });

  it('count an INFO that is sent again once', async () => {
    info({ cseq: 7 });
    heard('5');
    await clock.advance(500);
    info({ cseq: 7 });
    await clock.advance(1_000);
    expect(pressed).to.equal('5');
  });

  it('count once when a gateway says each in both types of INFO', async () => {
    info();
    info({ body: '5', type: 'dtmf' });
    heard('5');
    heard('5');
    await clock.advance(1_000);
    expect(pressed).to.equal('5');
  });

  it('count an event whose copy was lost', async () => {
    info();
    heard('5');
    await clock.advance(3_000);
    heard('6');
    await clock.advance(1_000);
    expect(pressed).to.equal('56');
  });

  it('are those of this call only, and of INFO requests that came to our Asterisk', async () => {
    info({ callId: 'another' });
    heard('5');
    await clock.advance(1);
    info({ callId: 'another' });
    await clock.advance(1_000);
    expect(pressed).to.equal('5');
    start([COPIED_TO_PORT + 1]);
    info();
    heard('6');
    await clock.advance(1_000);
    expect(pressed).to.equal('56');
  });

  it('are not told of when they were forgotten, also when the copy comes after that', async () => {
    info();
    heard('5');
    await clock.advance(3_000);
    heard('6');
    roads.forget();
    await clock.advance(100);
    info({ body: 'Signal=6' });
    await clock.advance(100);
    info({ body: 'Signal=7' });
    await clock.advance(1_000);
    expect(pressed).to.equal('57');
  });

  for (const [body, type, digit] of [
    ['Signal= 5\r\nDuration= 160', 'dtmf-relay', '5'],
    ['Duration=160\r\nsignal=11', 'DTMF-Relay', '#'],
    ['Signal=10', 'dtmf-relay; charset=utf-8', '*'],
    ['*', 'dtmf', '*'],
    ['0\r\n', 'dtmf', '0'],
    ['Signal=x', 'dtmf-relay', ''],
    ['Signal=16', 'dtmf-relay', ''],
    ['Signal=5', 'media_control+xml', ''],
  ] as const)
    it(`are read from INFO as Asterisk does: ${JSON.stringify(body)} in ${type}`, async () => {
      info({ body, type });
      heard('9');
      await clock.advance(1_000);
      expect(pressed).to.equal(`${digit}9`);
    });

  it('go by time where no copies come: equal keys within 150 ms are one', async () => {
    start();
    heard('5');
    await clock.advance(120);
    heard('5', 250);
    await clock.advance(160);
    heard('5');
    heard('6');
    expect(pressed).to.equal('556');
  });
});
