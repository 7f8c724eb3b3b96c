import { expect } from 'chai';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionCounts } from '../../src/app/services.js';
import type { Api } from '../../src/cli/api-client.js';
import {
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
import { lockDatabase, type DatabaseLock } from './support/database-lock.js';
import { runsFor } from './support/durations.js';
import { eventually } from './support/eventually.js';
import { everyCallEnded } from './support/every-call-ended.js';
import { ProgramNetwork } from './support/program-network.js';
import type { Program } from './support/program.js';
import { openSmallDisk, type SmallDisk } from './support/small-disk.js';
import { addCentralist, draftTheft } from './support/theft.js';

const MEGABYTES = 64;
const WAIT_MS = 30_000;
const POLL_MS = 100;
/** The behaviour of the participants, in turn. */
const PERSONAS: readonly Persona[] = [
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
/** No call may be placed for this long. The service checks once a second whether it can store again. */
const QUIET_MS = 4_000;
/** A call that was originated just before may reach the phone network just after. */
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
  let programs: ProgramNetwork;
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
      persona: PERSONAS[n % PERSONAS.length] ?? 'busy',
      answerAfterMs: 500 + (n % 5) * 300,
      pressAfterMs: 1_500 + (n % 3) * 1_000,
      hangUpAfterMs: 2 * MESSAGE_MS,
    })),
  );

  before(async () => {
    programs = await ProgramNetwork.start('store');
    ({ network } = programs);
    disk = await openSmallDisk(join(programs.folder, 'disk'), MEGABYTES);
    dataDir = join(disk.seen, 'data');
    await network.setCitizens(town);
    const settings = {
      BURGERNET_DATA: join(disk.path, 'data'),
      BURGERNET_RING_SECONDS: '6',
      BURGERNET_LINES: '12',
      BURGERNET_CPS: '4',
    };
    launch = () => (program = programs.run(settings, undefined, disk.enter));
    await ready(launch());
    const wav = wavOf(toneMarked(MESSAGE.tones, MESSAGE)) as Uint8Array<ArrayBuffer>;
    const { id } = await api.upload<{ id: number }>('/recordings', 'audio/wav', new Blob([wav]));
    message = { recordingId: id };
    centralistId = await addCentralist(api);
  });

  after(async () => {
    program.kill('SIGTERM');
    const { code, said } = await program.exit;
    await disk.close();
    await programs.stop();
    expect({ code, said }).to.deep.equal({ code: 0, said: [] });
  });

  const ready = async (started: Program): Promise<void> => {
    api = programs.api(await started.ready(), dataDir);
  };

  /** Starts an action with participants of its own. Resolves with its id. */
  const begin = async (area: number): Promise<number> => {
    const people = town.slice(area * PEOPLE, (area + 1) * PEOPLE);
    const csv = people.map(({ number }) => `${number},${AREAS[area]}AB,`).join('\n');
    await api.upload('/participants/import', 'text/csv', new Blob([`phone,postcode,name\n${csv}\n`]));
    const id = await draftTheft(api, AREAS[area] ?? '', centralistId, message);
    await api.post(`/actions/${id}/start`);
    return id;
  };

  const until = (id: number, satisfied: (view: View) => boolean, what: string): Promise<View> => {
    const look = async (): Promise<View | undefined> => {
      const view = await api.get<View>(`/actions/${id}`);
      return satisfied(view) ? view : undefined;
    };
    return eventually(look, 2 * WAIT_MS, what, POLL_MS);
  };
  const callsSince = async (at: number): Promise<PhoneCall[]> =>
    (await network.ledger()).filter(({ invitedAt }) => invitedAt > at);
  const readiness = async (): Promise<Ready> => (await api.probe('/readyz'))?.body as Ready;
  const count = (msg: string): number => program.log.filter((line) => line.msg === msg).length;

  const NO_CALLS = 'NO CALLS CAN BE MADE; live calls go on';
  const AGAIN = 'calls can be made again';

  /** Plays one fault of the storage, which begins while calls are up, from its beginning to its end. */
  const survives = async (
    area: number,
    fault: { begin: () => unknown; end: () => void },
    reason: RegExp,
  ): Promise<void> => {
    const id = await begin(area);
    await until(id, ({ counts }) => counts.in_call >= 4 && counts.ringing > 0, 'calls in progress and ringing');
    const [alarms, ends] = [count(NO_CALLS), count(AGAIN)];
    await fault.begin();
    const line = await program.logged(NO_CALLS, alarms);
    const since = Date.now();
    expect(line).to.include({ level: 'error' });
    expect(line.reason).to.match(reason);
    const { warning } = await api.get<View>(`/actions/${id}`);
    expect(warning).to.match(reason);
    const { ready, parts } = await readiness();
    expect(ready).to.equal(false);
    expect(parts['database']?.reason).to.match(reason);
    const requests: readonly (readonly [string, unknown])[] = [
      ['/participants', { phones: ['0612349999'], postcodes: ['9999AB'] }],
      [`/actions/${id}/update`, { message: { text: `Niet te bewaren, ${area}.` } }],
      [`/actions/${id}/pause`, {}],
    ];
    for (const [path, body] of requests)
      expect(await api.post(path, body).catch(String), 'is refused with the reason').to.match(reason);
    // No call is placed, and every call in progress goes on to its end.
    const live = (await network.ledger()).filter(({ endedAt }) => endedAt === null);
    for (const { id: call } of live)
      await network.until(
        (one) => one.id === call && one.endedAt !== null,
        WAIT_MS,
        'end of a call that was in progress',
      );
    await runsFor(since + QUIET_MS - Date.now());
    expect(await callsSince(since + ON_ITS_WAY_MS), 'calls while nothing could be stored').to.deep.equal([]);
    const ended = Date.now();
    fault.end();
    await program.logged(AGAIN, ends);
    await until(id, ({ counts }) => everyCallEnded(counts), 'every call to end');
    expect((await callsSince(ended)).length, 'calls afterwards').to.be.greaterThan(5);
    expect(count(NO_CALLS) - alarms, 'one alarm').to.equal(1);
    await ledgersAgree(id);
  };

  /** Expects every digit and every step of every call to be stored in the end, as without a fault. */
  const ledgersAgree = async (id: number, faults: readonly FaultRecord[] = []): Promise<void> => {
    // A copy, because SQLite would resolve the path through /proc to a folder of our own disk.
    const copy = join(programs.folder, `copy-${id}`);
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
    // The service may know less of what happened while it was down.
    if (faults.length > 0) return;
    expect(own).to.have.lengthOf(PEOPLE);
    for (const { phone, outcome, rangAt, answeredAt, confirmedAt, endedAt } of own) {
      const call = calls.find(({ number }) => number === phone);
      expect(outcome, phone).to.be.oneOf(['confirmed', 'hung_up', 'no_answer', 'busy', 'declined', 'unreachable']);
      const stored = { rang: rangAt !== null, answered: answeredAt !== null, confirmed: confirmedAt !== null };
      expect(stored, `${phone} ${outcome}`).to.deep.equal({
        rang: call?.ringingAt != null,
        answered: call?.answeredAt != null,
        confirmed: (call?.pressed.length ?? 0) > 0,
      });
      if (answeredAt !== null) expect(answeredAt - (call?.answeredAt ?? 0), phone).to.be.within(-100, 2_500);
      if (confirmedAt !== null) expect(confirmedAt - (call?.pressed[0]?.at ?? 0), phone).to.be.within(-100, 1_000);
      expect((endedAt ?? 0) - (call?.endedAt ?? 0), phone).to.be.greaterThan(-500);
    }
  };

  it('because another program locks the database, no call is placed, none is cut off, and no participant is forgotten', async () => {
    let lock: DatabaseLock | undefined;
    const begin = async (): Promise<void> => {
      lock = await lockDatabase(join(disk.path, 'data', 'burgernet.db'), disk.enter);
    };
    await survives(0, { begin, end: () => lock?.release() }, /locked by another program/);
  });

  it('because the disk is full, no call is placed, none is cut off, and no participant is forgotten', async () => {
    await survives(1, { begin: () => disk.fill(), end: () => disk.makeRoom() }, /disk .* is full/);
  });

  it('a killed service says why it cannot start; with room again it calls no participant twice and forgets none', async () => {
    const id = await begin(2);
    await until(id, ({ counts }) => counts.in_call >= 3 && counts.ringing > 0, 'calls in progress and ringing');
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
    await until(id, ({ counts }) => everyCallEnded(counts), 'every call to end');
    await ledgersAgree(id, [fault]);
  });
});
