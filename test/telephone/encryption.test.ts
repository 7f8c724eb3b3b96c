import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { describeCertificate, ownTlsFiles, type TlsFiles } from '../../src/tls-files.js';
import { readSound, toneMarks, type MarkTone } from '../../src/phonenet/index.js';
import { startAdapter, type Adapter } from './support/adapter.js';
import { eventually } from './support/eventually.js';
import { startBaresip, type Baresip } from './support/baresip.js';
import { speaksFor } from './support/durations.js';
import { startExchange } from './support/exchange.js';

const HOST = '127.0.0.1';
const CALLER: readonly MarkTone[] = [1750, 600, 1750, 600];
const DESK: readonly MarkTone[] = [1040, 2300, 1040, 2300];

describe('a softphone with TLS and SRTP', function () {
  this.timeout(60_000);
  let folder: string;
  let files: TlsFiles;
  let adapter: Adapter;
  let port: number;
  const phones: Baresip[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bn-tls-'));
    port = await freePort(HOST);
    files = ownTlsFiles(folder, HOST, Date.now());
    const { fingerprint } = describeCertificate(files.certificate);
    adapter = await startAdapter({ tls: { host: HOST, port, ...files, fingerprint }, srtp: true });
  });
  after(async () => {
    for (const phone of phones) {
      await phone.stop();
      await phone.remove();
    }
    await adapter.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const baresip = async (extension: string, trusts: string): Promise<Baresip & { readonly username: string }> => {
    const { username, password } = await adapter.desk(extension);
    const account = { username, password, server: `${HOST}:${port}` };
    const says = `${await adapter.says([...DESK, ...DESK, ...DESK, ...DESK])}.wav`;
    const phone = await startBaresip({ account, port: await freePort(HOST), says, trusts, srtp: true });
    phones.push(phone);
    return { ...phone, username };
  };

  it('registers over TLS, dials, and answers a call with SRTP; both sides hear one another', async () => {
    const phone = await baresip('201', files.certificate);
    expect(await adapter.arrivals.registrations.take()).to.deep.equal({ username: phone.username, registered: true });
    await phone.control.command('dial', '*20');
    const arrived = await adapter.arrivals.desk.take();
    expect(arrived).to.include({ username: phone.username, dialled: '*20' });
    await arrived.call.answer();
    await phone.control.event('CALL_ESTABLISHED');
    await arrived.call.hangUp();
    await phone.control.event('CALL_CLOSED');
    const caller = await adapter.pair.network.startCall({
      from: '0612345678',
      script: [
        { do: 'wait', ms: 500 },
        { do: 'play', sound: await adapter.says(CALLER) },
      ],
    });
    const { call: tip } = await adapter.arrivals.incoming.take();
    const centralist = await adapter.reach({ username: phone.username });
    await tip.answer();
    const conversation = await adapter.telephony.connect(tip, centralist);
    await speaksFor(3_000);
    await caller.hangUp();
    await conversation.ended;
    await centralist.hangUp();
    await phone.stop();
    expect(await adapter.tonesHeard(await caller.ended)).to.include.members(DESK);
    const heard = toneMarks(await readSound(phone.heardFile)).map(({ hz }) => hz);
    expect(heard).to.include.members(CALLER);
  });

  it('does not register at a server whose certificate it does not trust', async () => {
    const other = ownTlsFiles(join(folder, 'other'), HOST, Date.now());
    const phone = await baresip('202', other.certificate);
    const failed = async (): Promise<true | undefined> =>
      /ERR/.test(await phone.control.command('reginfo')) || undefined;
    await eventually(failed, 5_000, 'the registration to fail');
    expect(await adapter.telephony.deskRegistered(phone.username)).to.equal(false);
  });

  it('is refused with 488 when it offers media that are not encrypted', async () => {
    const { peer } = await adapter.softphone('203');
    const { response } = await peer.invite({ user: '*20' });
    expect(response.status).to.equal(488);
    expect(adapter.arrivals.desk.kept).to.deep.equal([]);
  });
});

describe('a service with TLS settings', function () {
  this.timeout(60_000);

  it('issues accounts for TLS, with which a softphone registers that trusts the self-signed certificate', async () => {
    const port = await freePort(HOST);
    const exchange = await startExchange({ env: { BURGERNET_SIP_TLS: `${HOST}:${port}`, BURGERNET_SRTP: '1' } });
    let phone: Baresip | undefined;
    try {
      const { centralist, server, transport } = await exchange.centralist();
      expect({ server, transport }).to.deep.equal({ server: `${HOST}:${port}`, transport: 'tls' });
      phone = await startBaresip({
        account: { username: centralist.sipUsername, password: centralist.sipPassword, server },
        port: await freePort(HOST),
        says: '/dev/null',
        trusts: join(exchange.dataDir, 'data', 'tls', 'certificate.pem'),
        srtp: true,
      });
      const registered = async (): Promise<true | undefined> =>
        (await exchange.service.services.centralists.list()).some((desk) => desk.registered) || undefined;
      await eventually(registered, 5_000, 'the softphone to register');
    } finally {
      await phone?.stop();
      await phone?.remove();
      await exchange.stop();
    }
  });
});
