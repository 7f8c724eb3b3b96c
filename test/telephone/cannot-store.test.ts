import { expect } from 'chai';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { createPinoLog } from '../../src/adapters/log/pino-log.js';
import type { ActionCounts } from '../../src/app/services.js';
import { createApi, type Api } from '../../src/cli/api-client.js';
import { readToken } from '../../src/config.js';
import {
  startPhoneNetwork,
  toneMarked,
  wavOf,
  type Citizen,
  type Persona,
  type PhoneCall,
  type PhoneNetwork,
} from '../../src/phonenet/index.js';
import type { FaultRecord } from '../chaos/evidence.js';
import { judge } from '../chaos/judge.js';
import { readDatabase, readNetwork } from '../chaos/ledgers.js';
import { MESSAGE, MESSAGE_MS } from '../chaos/message.js';
import { holdDatabase, type Hold } from './support/database-holder.js';
import { startProgram, type Program } from './support/program.js';
import { openSmallDisk, type SmallDisk } from './support/small-disk.js';

const HOST = '127.0.0.1';
const MEGABYTES = 64;
const WAIT_MS = 30_000;
const LOOK_MS = 100;
/** What people do when they are called. */
const DOES: readonly Persona[] = [
  'hangs_up_in_message',
  'hangs_up_in_message',
  'hangs_up',
  'no_answer',
  'busy',
  'declines',
  'unreachable',
];
const PEOPLE = 28;
const AREAS = ['8101', '8102', '8103'] as const;
/** So long nobody may be called: the service looks once a second whether it can. */
const QUIET_MS = 4_000;
/** A call that was ordered just before may reach the phone network just after. */
const ON_ITS_WAY_MS = 500;

interface View {
  readonly counts: ActionCounts;
  readonly warning: string | null;
}
interface Ready {
  readonly ready: boolean;
  readonly parts: Record<string, { readonly ok: boolean; readonly reason: string }>;
}

describe('While nothing can be stored', function () {
  this.timeout(150_000);
  let folder: string;
  let disk: SmallDisk;
  let network: PhoneNetwork;
  let program: Program;
  let launch: () => Program;
  let api: Api;
  let dataDir: string;
  let message: { recordingId: number };
  let centralistId: number;
  const town: Citizen[] = AREAS.flatMap((_, area) =>
    Array.from({ length: PEOPLE }, (__, n): Citizen => ({
      number: `06123${area}5${String(n).padStart(3, '0')}`,
      persona: DOES[n % DOES.length] ?? 'busy',
      answerAfterMs: 500 + (n % 5) * 300,
      pressAfterMs: 1_500 + (n % 3) * 1_000,
      hangUpAfterMs: 2 * MESSAGE_MS,
    })),
  );

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bn-store-'));
    disk = await openSmallDisk(join(folder, 'disk'), MEGABYTES);
    dataDir = join(disk.seen, 'data');
    const sip = { host: HOST, port: await freePort(HOST) };
    const rtp = 20_000 + 2 * Math.floor(Math.random() * 4_000);
    network = await startPhoneNetwork({
      folder: join(folder, 'net'),
      sip: { host: HOST, port: await freePort(HOST) },
      service: sip,
      rtp: { from: rtp + 10_000, to: rtp + 10_999 },
      log: createPinoLog({ level: 'error' }),
    });
    await network.setCitizens(town);
    const settings = {
      BURGERNET_DATA: join(disk.path, 'data'),
      BURGERNET_HTTP: `${HOST}:0`,
      BURGERNET_SIP: `${HOST}:${sip.port}`,
      BURGERNET_RTP: `${rtp}-${rtp + 999}`,
      BURGERNET_TRUNK: network.trunk,
      BURGERNET_NIGHT: 'off',
      BURGERNET_RETRY: 'off',
      BURGERNET_RING_SECONDS: '6',
      BURGERNET_LINES: '12',
      BURGERNET_CPS: '4',
    };
    launch = () => (program = startProgram(folder, settings, undefined, disk.enter));
    await ready(launch());
    const wav = wavOf(toneMarked(MESSAGE.tones, MESSAGE)) as Uint8Array<ArrayBuffer>;
    const { id } = await api.upload<{ id: number }>('/recordings', 'audio/wav', new Blob([wav]));
    message = { recordingId: id };
    centralistId = (await api.post<{ id: number }>('/centralists', { name: 'Wacht', extension: '201' })).id;
  });

  after(async () => {
    program.kill('SIGTERM');
    const { code, said } = await program.exit;
    await network.stop();
    await disk.close();
    rmSync(folder, { recursive: true, force: true });
    expect({ code, said }).to.deep.equal({ code: 0, said: [] });
  });

  const ready = async (started: Program): Promise<void> => {
    api = createApi({ url: await started.ready(), token: readToken({ dataDir, token: undefined }) ?? '' });
  };

  /** Begins an action over people of its own; its id. */
  const begin = async (area: number): Promise<number> => {
    const people = town.slice(area * PEOPLE, (area + 1) * PEOPLE);
    const csv = people.map(({ number }) => `${number},${AREAS[area]}AB,`).join('\n');
    await api.upload('/participants/import', 'text/csv', new Blob([`phone,postcode,name\n${csv}\n`]));
    const { id } = await api.post<{ id: number }>('/actions', {
      kind: 'theft',
      title: 'Gestolen fiets',
      description: 'een rode bakfiets',
      message,
      area: { postcodes: [AREAS[area]] },
      centralistId,
      criteria: { timeCritical: true, clearDescription: true },
    });
    await api.post(`/actions/${id}/start`);
    return id;
  };

  const until = async (id: number, satisfied: (view: View) => boolean, what: string): Promise<View> => {
    for (const end = performance.now() + 2 * WAIT_MS; ; await pause(LOOK_MS)) {
      const view = await api.get<View>(`/actions/${id}`);
      if (satisfied(view)) return view;
      if (performance.now() > end) throw new Error(`waited in vain for ${what}: ${JSON.stringify(view)}`);
    }
  };
  const callsSince = async (at: number): Promise<PhoneCall[]> =>
    (await network.ledger()).filter(({ invitedAt }) => invitedAt > at);
  const readiness = async (): Promise<Ready> => (await api.probe('/readyz'))?.body as Ready;
  const count = (msg: string): number => program.log.filter((line) => line.msg === msg).length;

  const NO_CALLS = 'NO CALLS CAN BE MADE; live ones go on';
  const AGAIN = 'calls can be made again';

  /** The whole steps of one trouble: it begins while people are on the line, lasts, and is over. */
  const steps = async (
    area: number,
    trouble: { begin: () => unknown; end: () => void },
    said: RegExp,
  ): Promise<void> => {
    const id = await begin(area);
    await until(id, ({ counts }) => counts.in_call >= 4 && counts.ringing > 0, 'people on the line');
    const [alarms, ends] = [count(NO_CALLS), count(AGAIN)];
    await trouble.begin();
    const line = await program.logged(NO_CALLS, alarms);
    const since = Date.now();
    expect(line).to.include({ level: 'error' });
    expect(line.reason).to.match(said);
    const { warning } = await api.get<View>(`/actions/${id}`);
    expect(warning).to.match(said);
    const { ready, parts } = await readiness();
    expect(ready).to.equal(false);
    expect(parts['database']?.reason).to.match(said);
    const asks: readonly (readonly [string, unknown])[] = [
      ['/participants', { phones: ['0612349999'], postcodes: ['9999AB'] }],
      [`/actions/${id}/update`, { message: { text: `Niet te bewaren, ${area}.` } }],
      [`/actions/${id}/pause`, {}],
    ];
    for (const [path, body] of asks)
      expect(await api.post(path, body).catch(String), 'is refused, in words').to.match(said);
    // Nobody is called, and everybody who was on the line comes to the end of their call.
    const live = (await network.ledger()).filter(({ endedAt }) => endedAt === null);
    for (const { id: call } of live)
      await network.until((one) => one.id === call && one.endedAt !== null, WAIT_MS, 'end of a call that was live');
    await pause(Math.max(0, since + QUIET_MS - Date.now()));
    expect(await callsSince(since + ON_ITS_WAY_MS), 'calls while nothing could be stored').to.deep.equal([]);
    const ended = Date.now();
    trouble.end();
    await program.logged(AGAIN, ends);
    await until(
      id,
      ({ counts }) => counts.waiting + counts.dialing + counts.ringing + counts.in_call === 0,
      'everybody to be called',
    );
    expect((await callsSince(ended)).length, 'calls afterwards').to.be.greaterThan(5);
    expect(count(NO_CALLS) - alarms, 'one alarm').to.equal(1);
    await ledgersAgree(id);
  };

  /** Not a key is lost and not a step, though nothing could be stored meanwhile: without any allowance for a fault. */
  const ledgersAgree = async (id: number, faults: readonly FaultRecord[] = []): Promise<void> => {
    // A copy: SQLite itself would take the way to the disk for a place on ours.
    const copy = join(folder, `copy-${id}`);
    cpSync(dataDir, copy, {
      recursive: true,
      filter: (file) => file === dataDir || /burgernet\.db(-wal)?$/.test(file),
    });
    const { attempts, people } = readDatabase(copy, town);
    const own = attempts.filter(({ actionId }) => actionId === id);
    const phones = new Set<string>(own.map(({ phone }) => phone));
    const calls = (await readNetwork(network)).filter(({ number }) => phones.has(number));
    const found = judge(
      {
        people: people.filter(({ actionId }) => actionId === id),
        closedAt: new Map(),
        attempts: own,
        calls,
        faults,
        leftovers: { calls: [], bridges: [], linesInUse: 0, exitCode: 0, processes: [] },
      },
      { marginMs: 0, retries: { no_answer: 0, busy: 0 }, callsGoOn: true, backWithinMs: null },
    );
    expect(found, found.join('\n')).to.deep.equal([]);
    // What happened while the service was dead it may know of less.
    if (faults.length > 0) return;
    expect(own).to.have.lengthOf(PEOPLE);
    for (const { phone, outcome, rangAt, answeredAt, confirmedAt, endedAt } of own) {
      const call = calls.find(({ number }) => number === phone);
      expect(outcome, phone).to.be.oneOf(['confirmed', 'hung_up', 'no_answer', 'busy', 'declined', 'unreachable']);
      const told = { rang: rangAt !== null, answered: answeredAt !== null, confirmed: confirmedAt !== null };
      expect(told, `${phone} ${outcome}`).to.deep.equal({
        rang: call?.ringingAt != null,
        answered: call?.answeredAt != null,
        confirmed: (call?.pressed.length ?? 0) > 0,
      });
      if (answeredAt !== null) expect(answeredAt - (call?.answeredAt ?? 0), phone).to.be.within(-100, 2_500);
      if (confirmedAt !== null) expect(confirmedAt - (call?.pressed[0]?.at ?? 0), phone).to.be.within(-100, 1_000);
      expect((endedAt ?? 0) - (call?.endedAt ?? 0), phone).to.be.greaterThan(-500);
    }
  };

  it('since somebody else holds the database: nobody is called, nobody is cut off or forgotten, and it goes on', async () => {
    let hold: Hold | undefined;
    const begin = async (): Promise<void> => {
      hold = await holdDatabase(join(disk.path, 'data', 'burgernet.db'), disk.enter);
    };
    await steps(0, { begin, end: () => hold?.letGo() }, /locked by another program/);
  });

  it('since the disk is full: nobody is called, nobody is cut off or forgotten, and it goes on', async () => {
    await steps(1, { begin: () => disk.fill(), end: () => disk.makeRoom() }, /disk .* is full/);
  });

  it('and killed meanwhile: says why it cannot start, and with room again nobody is called twice or forgotten', async () => {
    const id = await begin(2);
    await until(id, ({ counts }) => counts.in_call >= 3 && counts.ringing > 0, 'people on the line');
    disk.fill();
    await program.logged(NO_CALLS);
    const at = Date.now();
    program.kill('SIGKILL');
    await program.exit;
    const refused = await launch().exit;
    expect(refused.code).to.equal(1);
    expect(refused.said).to.have.lengthOf(1);
    expect(refused.said[0]).to.match(/disk .* is full/);
    disk.makeRoom();
    const startedAt = Date.now();
    await ready(launch());
    const fault: FaultRecord = { kind: 'controller', at, startedAt, until: Date.now(), backMs: null };
    await until(
      id,
      ({ counts }) => counts.waiting + counts.dialing + counts.ringing + counts.in_call === 0,
      'everybody to be called',
    );
    await ledgersAgree(id, [fault]);
  });
});
