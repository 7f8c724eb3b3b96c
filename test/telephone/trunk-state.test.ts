import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnAsterisk } from '../../src/adapters/asterisk/process/asterisk-process.js';
import type { AsteriskTelephony } from '../../src/adapters/asterisk/asterisk-telephony.js';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { createPinoLog } from '../../src/adapters/log/pino-log.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { TelephonyHealth } from '../../src/ports/telephony.js';
import { ACCEPTS, OperatorPeer } from './support/operator-peer.js';
import { startOurs } from './support/pair.js';
import { startPeer } from './support/sip-peer.js';
import { telephonyOf } from './support/telephony.js';

const HOST = '127.0.0.1';
const SOON_MS = 20_000;
/** Twice 64*T1 and the delay of copied messages, because a request may just have been sent. */
const SILENT_MS = 45_000;
const RETRY_SECONDS = 2;
const OPTIONS_SECONDS = 2;
const log = createPinoLog({ level: process.env.TEST_LOG === 'debug' ? 'debug' : 'silent' });

describe('the state of the trunk on a real Asterisk', function () {
  this.timeout(120_000);
  let folder: string;
  let operator: OperatorPeer;
  let asterisk: OwnAsterisk;
  let telephony: AsteriskTelephony;
  let sip: { readonly host: string; readonly port: number };
  let ids = 0;

  const open = async (registers: boolean, asks = true): Promise<void> => {
    folder = await mkdtemp(join(tmpdir(), 'bn-trunk-'));
    const rtp = 20_000 + 2 * Math.floor(Math.random() * 4_000);
    sip = { host: HOST, port: await freePort(HOST) };
    const account = { user: 'burgernet', password: 'secret', retrySeconds: RETRY_SECONDS };
    const trunk = {
      ...operator.address,
      ...(registers ? account : {}),
      ...(asks ? { optionsSeconds: OPTIONS_SECONDS } : {}),
    };
    const ports = { sip, trunk, rtp: { from: rtp, to: rtp + 999 } };
    asterisk = await startOurs(join(folder, 'own'), ports, log);
    telephony = telephonyOf('trunk-', {
      address: asterisk.address,
      recordingsFolder: '/nowhere',
      log,
      sipTapPort: asterisk.sipTapPort,
      ...(asks ? { trunkOptions: { everyMs: OPTIONS_SECONDS * 1_000, timeoutMs: 4_000 } } : {}),
      ...(registers ? { trunkRegistration: { server: `${HOST}:${operator.address.port}`, sipPort: sip.port } } : {}),
    });
    await telephony.open();
  };

  /** Resolves when the health satisfies the condition, which is checked at every change. */
  const until = (satisfied: (health: TelephonyHealth) => boolean, withinMs = SOON_MS): Promise<TelephonyHealth> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const health = telephony.health();
        if (!satisfied(health)) return;
        clearTimeout(timer);
        off();
        resolve(health);
      };
      const timer = setTimeout(() => {
        off();
        reject(new Error(`still ${JSON.stringify(telephony.health())} after ${withinMs} ms`));
      }, withinMs);
      const off = telephony.onHealth(look);
      look();
    });
  const isUp = ({ trunk, problem }: TelephonyHealth): boolean => trunk === 'up' && problem === null;
  const isRefused = (sipStatus: number | null) => (health: TelephonyHealth) =>
    health.problem?.code === 'trunk_refused' && health.problem.sipStatus === sipStatus;
  const isDown = ({ problem }: TelephonyHealth): boolean => problem?.code === 'trunk_down';
  const call = (): Promise<unknown> =>
    telephony.place({
      id: `trunk-${++ids}`,
      to: { type: 'trunk', number: '+31612345678' as E164 },
      callerId: { number: '08000011', name: 'Burgernet' },
      ringMs: 3_000,
      maxMs: 30_000,
    }).ended;

  beforeEach(async () => {
    operator = await OperatorPeer.start();
  });

  afterEach(async () => {
    operator.close();
    await telephony.close();
    await asterisk.stop();
    await rm(folder, { recursive: true, force: true });
  });

  describe('a registration', () => {
    const REFUSALS: readonly [status: string, code: number, advice: RegExp][] = [
      ['401 Unauthorized', 401, /BURGERNET_TRUNK_PASSWORD/],
      ['403 Forbidden', 403, /BURGERNET_TRUNK_USER/],
      ['404 Not Found', 404, /BURGERNET_TRUNK_USER/],
      ['423 Interval Too Brief', 423, /longer/],
      ['503 Service Unavailable', 503, /tried again/],
      ['600 Busy Everywhere', 600, /ask the operator/],
    ];

    it('that is refused is reported with its status and advice, for every status; an accepted one ends the report', async () => {
      operator.register = REFUSALS[0]?.[0];
      await open(true);
      for (const [status, code, advice] of REFUSALS) {
        operator.register = status;
        const { trunk, reason } = await until(isRefused(code));
        expect([trunk, reason]).to.deep.equal(['down', reason]);
        expect(reason).to.include(`SIP ${code}`).and.match(advice);
      }
      operator.register = ACCEPTS;
      await until(isUp);
    });

    it('that is challenged is not a refusal; a later refusal is reported, and so is its end', async () => {
      const codes: string[] = [];
      // Asterisk registers again ten seconds before the end of a registration.
      operator.grantedSeconds = 12;
      await open(true);
      telephony.onHealth(({ problem }) => codes.push(problem?.code ?? 'none'));
      await operator.more('REGISTER', 4);
      await until(isUp);
      expect(codes).not.to.include('trunk_refused');
      operator.register = '403 Forbidden';
      await until(isRefused(403));
      operator.register = ACCEPTS;
      await until(isUp);
    });

    it('that gets no answer is reported, though OPTIONS are answered', async () => {
      operator.register = undefined;
      await open(true);
      const { reason } = await until(isRefused(null), SILENT_MS);
      expect(reason)
        .to.match(/does not answer our registration/)
        .and.include('BURGERNET_TRUNK');
      operator.register = ACCEPTS;
      await until(isUp, SILENT_MS);
    });

    it('is not confused with the refused REGISTER of a stranger who copies our registration', async () => {
      await open(true);
      await until(isUp);
      const server = `${HOST}:${operator.address.port}`;
      const stranger = await startPeer(sip, { username: 'burgernet', password: 'x' });
      const reports: TelephonyHealth[] = [];
      telephony.onHealth((health) => reports.push(health));
      try {
        const refusal = await stranger.register(300, server);
        expect(refusal).to.be.greaterThan(399);
      } finally {
        stranger.close();
      }
      // A refusal of our own registration would be reported within this time.
      await operator.more('OPTIONS', 2);
      expect(reports.map(({ problem }) => problem)).to.deep.equal([]);
    });
  });

  describe('OPTIONS', () => {
    it('with any answer show that the trunk is up before any call; without an answer that it is down', async () => {
      await open(false);
      for (const status of ['200 OK', '404 Not Found', '405 Method Not Allowed', '501 Not Implemented']) {
        operator.options = status;
        expect((await until(isUp)).reason).to.equal('');
        operator.options = undefined;
        const { trunk, reason } = await until(isDown);
        expect(trunk).to.equal('down');
        expect(reason).to.include('OPTIONS').and.include('BURGERNET_TRUNK');
      }
    });

    it('that are never answered do not block calls, and raise no alarm once a call has reached the operator', async () => {
      operator.options = undefined;
      await open(false);
      expect((await until(isDown)).reason).to.include('BURGERNET_TRUNK_OPTIONS=0');
      expect(await call()).to.include({ by: 'them', sipStatus: 486 });
      expect(isUp(telephony.health())).to.equal(true);
      const reports: TelephonyHealth[] = [];
      telephony.onHealth((health) => reports.push(health));
      await operator.more('OPTIONS', 8);
      expect(reports.filter(isDown)).to.deep.equal([]);
    });

    it('that are never answered raise no alarm while our registration is accepted', async () => {
      operator.options = undefined;
      await open(true);
      await until(isUp);
      await operator.more('OPTIONS', 12);
      expect(isUp(telephony.health())).to.equal(true);
    });

    it('that are answered end the alarm of a call that got no answer', async () => {
      await open(false);
      await until(isUp);
      operator.invite = [];
      await call();
      expect(isDown(telephony.health())).to.equal(true);
      await until(isUp);
    });

    it('are not sent when they are switched off', async () => {
      await open(false, false);
      await call();
      expect(operator.requests.map(({ method }) => method)).not.to.include('OPTIONS');
      expect(isUp(telephony.health())).to.equal(true);
    });
  });
});
