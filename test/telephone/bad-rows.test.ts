import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createApi, type Api } from '../../src/cli/api-client.js';
import { openBrowser } from '../adapters/http/browser.js';
import { burgernetHere } from '../cli/burgernet.js';
import { isAlive } from '../../src/lib/is-alive.js';
import { FakeLog } from '../support/fake-log.js';
import { eventually } from './support/eventually.js';
import { rememberedAsterisk } from './support/program.js';
import { startExchange, type Exchange } from './support/exchange.js';

interface Row {
  readonly id: number;
}
interface Ids {
  readonly good: number;
  readonly soundless: number;
  readonly unreadable: number;
  readonly gone: number;
  readonly draft: number;
}

const CITIZEN = '0612345601';
const SOON = { answerAfterMs: 0, pressAfterMs: 500 } as const;
const LONG_NAME = 'é'.repeat(150);

/** Writes rows that a database tool, a bad disk or an older version of the service may leave. */
function spoil(folder: string, { soundless, unreadable, gone }: Ids, [nul = 0, long = 0]: readonly number[]): void {
  const db = new BetterSqlite3(join(folder, 'burgernet.db'));
  db.pragma('ignore_check_constraints = 1');
  db.pragma('foreign_keys = OFF');
  const run = (sql: string, ...values: readonly unknown[]): void => void db.prepare(sql).run(...values);
  const now = Date.now();
  try {
    run('UPDATE centralist SET name = ? WHERE id = ?', 'Anna\u0000Proef', nul);
    run('UPDATE centralist SET name = ?, sip_username = ? WHERE id = ?', LONG_NAME, 'desk-é\u0000'.repeat(40), long);
    for (const id of [soundless, unreadable])
      run(`UPDATE action SET state = 'running', started_at = ? WHERE id = ?`, now, id);
    const { soundId } = db
      .prepare('SELECT sound_id AS soundId FROM action_message WHERE action_id = ?')
      .get(soundless) as { soundId: string };
    for (const form of ['alaw', 'ulaw', 'sln16', 'wav'])
      rmSync(join(folder, 'sounds', soundId.slice(0, 2), `${soundId}.${form}`), { force: true });
    run(`UPDATE action_message SET sound_id = 'no-such-sound' WHERE action_id = ?`, unreadable);
    run(
      `INSERT INTO recording (type, sound_id, file, seconds, created_at) VALUES ('tip', NULL, 'nowhere.wav', 3, ?)`,
      now,
    );
    run(`UPDATE action SET area = 'no json', plan = '{', team = '7' WHERE id = ?`, unreadable);
    const select = 'INSERT INTO selection (action_id, participant_id, position, phones) VALUES (?, ?, ?, ?)';
    run(select, soundless, 901, 0, '["+31612345691"]');
    run(select, unreadable, 902, 0, '["+31612345692"');
    run(select, unreadable, 903, 1, '["+31612345693"]');
    const attempt = `INSERT INTO attempt (action_id, participant_id, phone, purpose, number, message_version, dialed_at)
      VALUES (?, ?, ?, ?, 1, 1, ?)`;
    run(attempt, gone, 904, '+31612345694', 'alert', now);
    run(attempt, unreadable, 905, 'no number', 'alert', now);
    run(attempt, 999, 906, '+31612345696', 'alert', now);
    const inbound = `INSERT INTO inbound_call (from_number, participant_id, action_id, received_at, call_id)
      VALUES (?, 906, ?, ?, ?)`;
    run(inbound, '+31612345696', 999, now, 'nobody-1');
    run(inbound, 'no number', gone, now, 'nobody-2');
    run(
      `INSERT INTO tip (action_id, participant_id, inbound_id, type, recording_id, created_at)
      VALUES (999, 906, 998, 'recording', 997, ?)`,
      now,
    );
    run(
      `INSERT INTO callback (inbound_id, action_id, participant_id, phone, centralist_id, requested_at)
      VALUES (998, 999, 906, 'no number', 995, ?)`,
      now,
    );
    run(`INSERT INTO event (action_id, type, data, at) VALUES (?, 'attempt', 'no json', ?)`, unreadable, now);
    run(`UPDATE phone SET number = 'no number' WHERE participant_id = (SELECT max(id) FROM participant)`);
    run('DELETE FROM action_message WHERE action_id = ?', gone);
    run('DELETE FROM action WHERE id = ?', gone);
  } finally {
    db.close();
  }
}

describe('a service with bad rows in its database', function () {
  this.timeout(120_000);
  let exchange: Exchange;
  let log: FakeLog;
  let api: Api;
  let ids: Ids;
  let data: string;
  let centralists: readonly number[];

  before(async () => {
    log = new FakeLog();
    exchange = await startExchange({ log });
    await exchange.network.setCitizens([{ number: CITIZEN, persona: 'presses', ...SOON }]);
    const recordingId = await exchange.toneMessage([480, 600, 1040]);
    const accounts = [];
    for (const extension of ['301', '302', '303']) accounts.push(await exchange.centralist(extension));
    centralists = accounts.map(({ centralist }) => centralist.id);
    const [, , centralistId = 0] = centralists;
    const draft = (postcode: string): Promise<number> => exchange.draft(postcode, { recordingId }, { centralistId });
    exchange.participant(CITIZEN, '8251AA');
    exchange.participant('0612345602', '8251AB');
    ids = {
      good: await draft('8251AA'),
      soundless: await exchange.draft('8252', { text: 'Een bericht zonder geluid.' }, { centralistId }),
      unreadable: await draft('8253'),
      gone: await draft('8254'),
      draft: await draft('8251'),
    };
    await exchange.restart((folder) => {
      data = folder;
      spoil(folder, ids, centralists);
    });
    api = createApi({ url: exchange.service.url, token: exchange.service.token });
  });
  after(() => exchange.stop());

  it('starts, and names each bad row in its log', () => {
    const logged = log.lines
      .filter(({ level }) => level !== 'info' && level !== 'debug')
      .map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`)
      .join('\n');
    expect(logged).to.include(`the account of a softphone cannot be made {"centralistId":${centralists[1] ?? 0},`);
    for (const table of ['attempt', 'inbound_call', 'tip', 'callback'])
      expect(logged).to.include(`"table":"${table}","column":"action_id"`);
    for (const column of ['area', 'plan', 'team'])
      expect(logged).to.include(`"table":"action","column":"${column}","id":${ids.unreadable}`);
    expect(logged).to.include(`"table":"selection","column":"phones","id":${ids.unreadable}`);
  });

  it('runs a good action beside the bad ones', async () => {
    await exchange.service.services.actions.start(ids.good);
    await exchange.until(ids.good, ({ counts }) => counts.reached === 1, 'the citizen to be reached');
  });

  it('ends an attempt without a message as interrupted, and rings no participant for it', async () => {
    for (const id of [ids.soundless, ids.unreadable]) {
      const ended = (await api.get<{ outcome: string | null }[]>(`/actions/${id}/attempts`)).map((one) => one.outcome);
      expect(ended).to.include('interrupted').and.not.include(null);
      expect(ended.length).to.be.below(8);
    }
    const called = (await exchange.network.ledger()).map(({ number }) => number.slice(-9));
    expect(called).to.deep.equal([CITIZEN.slice(-9)]);
  });

  it('answers every list of the API', async () => {
    const idsOf = async (path: string): Promise<readonly number[]> => (await api.get<Row[]>(path)).map(({ id }) => id);
    expect(await idsOf('/actions')).to.deep.equal([ids.good, ids.soundless, ids.unreadable, ids.draft]);
    expect(await idsOf('/centralists')).to.deep.equal(centralists);
    for (const id of [ids.good, ids.soundless, ids.unreadable, ids.draft]) {
      expect(await api.get<Row>(`/actions/${id}`)).to.include({ id });
      expect(await idsOf(`/actions/${id}/attempts`)).to.be.an('array');
    }
    expect(await idsOf('/inbound')).to.have.lengthOf(2);
    expect(await idsOf('/tips')).to.have.lengthOf(1);
    expect(await idsOf('/callbacks?inboundId=998')).to.have.lengthOf(1);
    expect(await api.get('/queue')).to.be.an('array');
  });

  it('shows every page of the console', async () => {
    const browser = openBrowser({ url: exchange.service.url });
    await browser.send('/console/login', { token: exchange.service.token });
    const pages = [
      '',
      '/centralists',
      '/who',
      ...Object.values(ids)
        .filter((id) => id !== ids.gone)
        .map((id) => `/actions/${id}`),
    ];
    for (const page of pages) expect((await browser.visit(`/console${page}`)).status, page).to.equal(200);
    expect((await browser.visit('/console')).text).to.include('Vermist meisje');
  });

  /** /readyz, the command line and the console show the one account that Asterisk refuses. */
  const isShown = async (): Promise<void> => {
    const { url, token } = exchange.service;
    const answer = await fetch(`${url}/readyz`);
    const { ready, parts } = (await answer.json()) as {
      ready: boolean;
      parts: Readonly<Record<string, { ok: boolean; reason: string }>>;
    };
    expect([answer.status, ready], 'one refused softphone does not take the service out of readiness').to.deep.equal([
      200,
      true,
    ]);
    expect(parts['softphones']).to.deep.equal({
      ok: false,
      reason: 'Asterisk refuses the account of extension 302; add this centralist again, under another name',
    });
    const { out } = await burgernetHere(['centralists', 'list'], { url, token });
    const lines = out.split('\n').filter((line) => line !== '');
    expect(lines.map((line) => line.includes('has no SIP account'))).to.deep.equal([false, true, false]);
    const browser = openBrowser({ url });
    await browser.send('/console/login', { token });
    const page = await browser.visit('/console/centralists');
    const words = 'Dit toestel werkt niet. Voeg deze centralist opnieuw toe, met een andere naam.';
    const broken = [...page.html.matchAll(/data-key="broken">([^<]+)</g)].map(([, text]) => text);
    expect(broken).to.deep.equal([words]);
  };

  it('shows the softphone account that Asterisk refuses in /readyz, on the command line and in the console', isShown);

  it('still shows the refused account after a restart of Asterisk, and everything else works again', async () => {
    const before = rememberedAsterisk(data) ?? 0;
    expect(isAlive(before)).to.equal(true);
    process.kill(before, 'SIGKILL');
    const isReady = async (): Promise<true | undefined> => {
      const now = rememberedAsterisk(data) ?? before;
      const answer = now === before || !isAlive(now) ? undefined : await fetch(`${exchange.service.url}/readyz`);
      return answer?.status === 200 || undefined;
    };
    await eventually(isReady, 60_000, 'the service is ready with a new Asterisk');
    await isShown();
    const { good } = ids;
    await exchange.service.services.actions.close(good, { result: 'found' });
    await exchange.until(good, ({ counts }) => counts.closing_answered === 1, 'the citizen to be called again');
  });
});
