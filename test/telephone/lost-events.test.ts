import { expect } from 'chai';
import type { ActionCounts } from '../../src/app/services.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { toneMarked, wavOf, type Citizen, type Persona } from '../../src/phonenet/index.js';
import type { FaultRecord } from '../chaos/evidence.js';
import { judge } from '../chaos/judge.js';
import { readDatabase, readNetwork } from '../chaos/ledgers.js';
import { MESSAGE } from '../chaos/message.js';
import { randomOf } from '../chaos/random.js';
import { openWorld, type World } from '../chaos/world.js';
import type { AriMessage, AriProxy, Treatment } from './support/ari-proxy.js';
import { eventually } from './support/eventually.js';
import { everyCallEnded } from './support/every-call-ended.js';
import { addCentralist, draftTheft } from './support/theft.js';

/** The persona of each participant, and the outcome that must follow whatever happens to the events. */
const ENDS: readonly (readonly [Persona, Outcome])[] = [
  ['hangs_up_in_message', 'confirmed'],
  ['hangs_up', 'hung_up'],
  ['no_answer', 'no_answer'],
  ['busy', 'busy'],
  ['declines', 'declined'],
  ['unreachable', 'unreachable'],
];
const EACH = 3;
const AREAS = 10;
const LOST = 6;
const OVER_MS = 90_000;
const POLL_MS = 200;
/** A half-open connection must be found by ping within this time. */
const FOUND_MS = 15_000;

describe('Events of Asterisk that are duplicated, late, reordered or lost', function () {
  this.timeout(150_000);
  let world: World;
  let proxy: AriProxy;
  let area = 8_100;
  let message: { recordingId: number };
  let centralistId: number;
  const problems: string[] = [];
  const town: Citizen[] = Array.from({ length: AREAS }, (_, index) =>
    ENDS.flatMap(([persona], kind) =>
      Array.from({ length: EACH }, (_, n): Citizen => {
        const number = `061234${index}${String(kind * EACH + n).padStart(3, '0')}`;
        return {
          number,
          persona,
          answerAfterMs: 200,
          pressAfterMs: persona === 'hangs_up' ? 4_500 : 800,
          hangUpAfterMs: 4_000,
        };
      }),
    ),
  ).flat();

  before(async () => {
    world = await openWorld({
      setting: 'elsewhere',
      settings: {
        BURGERNET_LINES: '30',
        BURGERNET_CPS: '10',
        BURGERNET_RING_SECONDS: '3',
        BURGERNET_RETRY: 'off',
      },
      onProblem: (problem) => problems.push(problem),
    });
    if (world.proxy === undefined) throw new Error('no proxy');
    proxy = world.proxy;
    await world.network.setCitizens(town);
    await world.controller.start();
    expect(problems).to.deep.equal([]);
    const wav = wavOf(toneMarked(MESSAGE.tones, MESSAGE)) as Uint8Array<ArrayBuffer>;
    const recording = await world.controller.insist((api) =>
      api.upload<{ id: number }>('/recordings', 'audio/wav', new Blob([wav])),
    );
    message = { recordingId: recording.id };
    centralistId = await world.controller.insist(addCentralist);
  });

  after(() => world.end(false));

  afterEach(() => {
    proxy.trouble({});
  });

  /** Starts an action with participants of its own. Resolves with its id. */
  const begin = async (): Promise<number> => {
    const index = area - 8_100;
    const people = town.slice(index * ENDS.length * EACH, (index + 1) * ENDS.length * EACH);
    const csv = people.map(({ number }) => `${number},${area}AB,`).join('\n');
    const { controller } = world;
    await controller.insist((api) =>
      api.upload('/participants/import', 'text/csv', new Blob([`phone,postcode,name\n${csv}\n`])),
    );
    const id = await controller.insist((api) => draftTheft(api, String(area), centralistId, message));
    area += 1;
    await controller.insist((api) => api.post(`/actions/${id}/start`));
    return id;
  };

  const until = async (id: number, satisfied: (counts: ActionCounts) => boolean, what: string): Promise<void> => {
    const look = async (): Promise<true | undefined> => {
      const { counts } = await world.controller.insist((api) => api.get<{ counts: ActionCounts }>(`/actions/${id}`));
      return satisfied(counts) || undefined;
    };
    await eventually(look, OVER_MS, what, POLL_MS);
  };

  /**
   * Waits until every call has ended. Expects that both ledgers agree, that each participant has the right
   * outcome, and that no call is left.
   */
  const endsRight = async (id: number, faults: readonly FaultRecord[] = []): Promise<void> => {
    await until(id, everyCallEnded, 'every call to end');
    const { attempts, people } = readDatabase(world.controller.dataDir, town);
    const own = attempts.filter(({ actionId }) => actionId === id);
    const phones = new Set<string>(own.map(({ phone }) => phone));
    const calls = (await readNetwork(world.network)).filter(({ number }) => phones.has(number));
    const found = judge(
      {
        people: people.filter(({ actionId }) => actionId === id),
        closedAt: new Map(),
        attempts: own,
        calls,
        faults,
        leftovers: { calls: [], bridges: [], linesInUse: 0, exitCode: 0, processes: [] },
      },
      { marginMs: 300, retries: { no_answer: 0, busy: 0 }, callsGoOn: true, backWithinMs: null },
    );
    expect(found, found.join('\n')).to.deep.equal([]);
    const expected = new Map(ENDS);
    for (const { participantId, personas } of people.filter(({ actionId }) => actionId === id)) {
      const last = own.findLast((attempt) => attempt.participantId === participantId);
      expect(last?.outcome, `${personas[0]} ${last?.phone}`).to.equal(expected.get(personas[0] ?? 'presses'));
    }
    const ari = world.ari();
    const channels = await fetch(`${ari?.url}/ari/channels`, { headers: { authorization: ari?.authorization ?? '' } });
    expect(await channels.json(), 'calls left in Asterisk').to.deep.equal([]);
  };

  const under = async (events: (message: AriMessage) => Treatment): Promise<void> => {
    proxy.trouble({ events });
    const id = await begin();
    await endsRight(id);
    const { attempts } = readDatabase(world.controller.dataDir, town);
    const again = attempts.filter(({ actionId, outcome }) => actionId === id && outcome === 'interrupted');
    expect(
      again.map(({ phone, reason }) => `${phone}: ${reason}`),
      'interrupted attempts',
    ).to.deep.equal([]);
  };

  /** The first events of these types are lost; later events of the same types arrive. */
  const loses = (types: readonly string[], least = LOST): void => {
    it(`are lost (${types.join(' and ')}), and every attempt ends once with the right outcome`, async () => {
      let lost = 0;
      await under(({ type }) => (types.includes(type) && lost++ < LOST ? { copies: 0 } : {}));
      expect(lost, 'events lost').to.be.at.least(least);
    });
  };

  it('are duplicated, and every attempt ends once with the right outcome', () => under(() => ({ copies: 2 })));

  it('change places with their neighbours, and every attempt ends once with the right outcome', () => {
    const random = randomOf(22);
    return under(() => ({ swap: random.next() < 0.5 }));
  });

  it('are each late by up to two seconds, and every attempt ends once with the right outcome', () => {
    const random = randomOf(23);
    return under(() => ({ delayMs: random.whole(0, 2_000) }));
  });

  loses(['ChannelDestroyed', 'StasisEnd']);

  loses(['Dial']);

  // There is one such event for each participant who presses a digit.
  loses(['ChannelUserevent'], EACH);

  const fault = (kind: FaultRecord['kind'], at: number): FaultRecord => {
    return { kind, at, startedAt: null, until: Date.now(), backMs: null };
  };

  it('stop on a half-open connection: ping finds that within 15 s, and the state is reconciled', async () => {
    const id = await begin();
    await until(id, ({ in_call }) => in_call > 0, 'a call to be answered');
    const at = Date.now();
    proxy.freeze();
    expect(await proxy.untilConnected(2, FOUND_MS), 'found within 15 s').to.equal(true);
    expect(await world.controller.reachesAsterisk(FOUND_MS)).to.equal(true);
    await endsRight(id, [fault('freeze', at)]);
  });

  it('stop while the connection is down for 6 s: the state is reconciled', async () => {
    const id = await begin();
    await until(id, ({ in_call }) => in_call > 0, 'a call to be answered');
    const at = Date.now();
    proxy.refuse(6_000);
    proxy.cut();
    expect(await proxy.untilConnected(2, 6_000 + FOUND_MS)).to.equal(true);
    expect(await world.controller.reachesAsterisk(FOUND_MS)).to.equal(true);
    await endsRight(id, [fault('cut', at)]);
  });
});
