import { expect } from 'chai';
import { InfoKeys } from '../../../../src/adapters/asterisk/sip/info-keys.js';
import { KeyPresses } from '../../../../src/adapters/asterisk/calls/key-presses.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { copyOf, packetOf } from '../sip/hep-packets.js';

const CALL_ID = 'a84b4c76e66710';
/** Destination port in the packets of hep-packets.ts. */
const PACKET_PORT = 17_720;

interface Info {
  readonly body?: string;
  readonly type?: string;
  readonly cseq?: number;
  readonly callId?: string;
}

describe('key presses of a call', () => {
  let clock: FakeClock;
  let infoKeys: InfoKeys;
  let cseq: number;
  let pressed: string;
  let presses: KeyPresses;

  const info = ({ body = 'Signal=5\r\nDuration=160\r\n', type = 'dtmf-relay', ...rest }: Info = {}): void => {
    const { cseq: number = ++cseq, callId = CALL_ID } = rest;
    const headers = [`Call-ID: ${callId}`, `CSeq: ${number} INFO`, `Content-Type: application/${type}`];
    infoKeys.take(copyOf(packetOf(['INFO sip:desk@host SIP/2.0', ...headers, '', body].join('\r\n'))));
  };
  const heard = (digit: string, ms = 100): void => {
    presses.heard({ digit, at: clock.now(), ms });
  };
  const start = (
    sipPorts: readonly number[] = [],
    sipCallId: string | undefined = CALL_ID,
    answersAfterMs = 0,
  ): void => {
    infoKeys = new InfoKeys({ sipPorts, clock });
    presses = new KeyPresses({
      clock,
      infoKeys,
      sipCallId: () =>
        answersAfterMs === 0
          ? Promise.resolve(sipCallId)
          : new Promise((resolve) => clock.after(answersAfterMs, () => resolve(sipCallId))),
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
    presses.close();
  });

  it('are counted by the copied INFO requests, whether the copy or the event comes first', async () => {
    info();
    heard('5');
    await clock.advance(150);
    heard('5', 160);
    await clock.advance(20);
    info();
    await clock.advance(1_000);
    expect(pressed).to.equal('55');
  });

  it('are counted once when the first copy comes long after the event of RFC 4733', async () => {
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

  it('are counted once when the copy comes long after both events of a press, because the machine is busy', async () => {
    info({ body: 'Signal=1' });
    heard('1');
    await clock.advance(300);
    heard('5');
    await clock.advance(200);
    heard('5');
    await clock.advance(900);
    info();
    await clock.advance(1_000);
    expect(pressed).to.equal('15');
  });

  it('are two when the copies of two quick presses come long after their events', async () => {
    info({ body: 'Signal=1' });
    heard('1');
    await clock.advance(300);
    for (let n = 0; n < 4; n++) {
      heard('5');
      await clock.advance(160);
    }
    await clock.advance(500);
    info();
    info();
    await clock.advance(1_000);
    expect(pressed).to.equal('155');
  });

  it('are counted once when the first copy of a call comes 200 ms after the event of its INFO', async () => {
    heard('5');
    await clock.advance(120);
    heard('5');
    await clock.advance(200);
    info();
    await clock.advance(1_000);
    expect(pressed).to.equal('5');
  });

  it('wait for a busy Asterisk to tell the Call-ID, and are then counted once', async () => {
    start([], CALL_ID, 2_000);
    infoKeys.take(copyOf(packetOf('OPTIONS sip:host SIP/2.0\r\n\r\n')));
    heard('5');
    await clock.advance(200);
    info();
    heard('5');
    await clock.advance(4_000);
    expect(pressed).to.equal('5');
  });

  it('count a retransmitted INFO once', async () => {
    info({ cseq: 7 });
    heard('5');
    await clock.advance(500);
    info({ cseq: 7 });
    await clock.advance(1_000);
    expect(pressed).to.equal('5');
  });

  it('are counted once when a gateway sends each with both types of INFO body', async () => {
    info();
    info({ body: '5', type: 'dtmf' });
    heard('5');
    heard('5');
    await clock.advance(1_000);
    expect(pressed).to.equal('5');
  });

  it('include an event whose copy was lost', async () => {
    info();
    heard('5');
    await clock.advance(3_000);
    heard('6');
    await clock.advance(1_000);
    expect(pressed).to.equal('56');
  });

  it('include only INFO requests of this call that our Asterisk received', async () => {
    info({ callId: 'another' });
    heard('5');
    await clock.advance(1);
    info({ callId: 'another' });
    await clock.advance(1_000);
    expect(pressed).to.equal('5');
    start([PACKET_PORT + 1]);
    info();
    heard('6');
    await clock.advance(1_000);
    expect(pressed).to.equal('56');
  });

  it('are dropped by forget(), even when their copy comes later', async () => {
    info();
    heard('5');
    await clock.advance(3_000);
    heard('6');
    presses.forget();
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
    it(`are read from INFO as Asterisk reads them: ${JSON.stringify(body)} in ${type}`, async () => {
      info({ body, type });
      heard('9');
      await clock.advance(1_000);
      expect(pressed).to.equal(`${digit}9`);
    });

  it('are told apart by time when no copies come: equal keys within 150 ms are one press', async () => {
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
