import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionCounts } from '../../../src/app/services.js';
import type { Api } from '../../../src/cli/api-client.js';
import type { InboundCall, Tip } from '../../../src/domain/tip.js';
import { readToken } from '../../../src/config.js';
import type { PromptName } from '../../../src/domain/messages.js';
import {
  readSound,
  toneMarked,
  wavOf,
  type Citizen,
  type DeskBehaviour,
  type MarkTone,
  type PhoneCall,
  type Samples,
  type Softphone,
} from '../../../src/phonenet/index.js';
import { openWorld, type World } from '../../chaos/world.js';
import { eventually } from './eventually.js';
import { everyCallEnded } from './every-call-ended.js';
import { SOUNDS } from './pair.js';
import { promptsHeard, type HeardPrompt } from './prompts-heard.js';
import { wavOfSeconds } from './spoken-seconds.js';

/** The time that anything may take on a slow machine, ms. */
export const SOON_MS = 30_000;

/** The message of every action. */
export const MESSAGE: readonly MarkTone[] = [480, 1140, 2100, 600];

const SPEECH_SECONDS = 110;
/** Asterisk records 16 bits at 8 kHz. */
const BYTES_A_SECOND = 16_000;

export interface TownDesk {
  readonly id: number;
  readonly phone: Softphone;
}

/**
 * The service as a process that can be killed, a phone network that outlives it, and participants who were
 * reached.
 */
export interface TipTown {
  readonly world: World;
  /** Nearly two minutes of speech, as in `spoken-seconds.ts`: a path without extension. */
  readonly speech: string;
  centralist(extension: string, behaviour: DeskBehaviour): Promise<TownDesk>;
  onDuty(desk: TownDesk, onDuty: boolean): Promise<void>;
  /** Runs an action of this centralist until all these participants were called. Resolves with its id. */
  action(postcode: string, desk: TownDesk, people: readonly string[], title?: string): Promise<number>;
  close(actionId: number): Promise<void>;
  counts(actionId: number): Promise<ActionCounts>;
  /** Every tip line call from this number, oldest first; null for calls that withheld the number. */
  rows(from: string | null): Promise<readonly InboundCall[]>;
  /** The only tip line call from this number, as soon as the condition holds for that call. */
  rowWhen(from: string | null, holds: (row: InboundCall) => boolean, what: string): Promise<InboundCall>;
  /** The only tip line call from this number, as soon as it has ended. */
  closedRow(from: string | null): Promise<InboundCall>;
  tipsOf(row: InboundCall): Promise<readonly Tip[]>;
  /** Resolves when `count` recordings with this prefix in their names are longer than `seconds`. */
  beingRecorded(files: {
    readonly count: number;
    readonly seconds: number;
    readonly named?: string;
    readonly withinMs?: number;
  }): Promise<void>;
  /** The sound of a recording. */
  recording(id: number): Promise<Samples>;
  heard(call: PhoneCall): Promise<Samples>;
  /** Each time that one of these prompts was heard in a call, in order. */
  prompts(call: PhoneCall, names: readonly PromptName[]): Promise<readonly HeardPrompt[]>;
  /** The first call to this softphone that fits. */
  deskCall(desk: TownDesk, fits: (call: PhoneCall) => boolean, what: string): Promise<PhoneCall>;
  /** The centralist hangs up this call. */
  hangUpDesk(call: PhoneCall): Promise<void>;
  /** Resolves when the service counts no inbound call on the trunk. */
  untilLinesFree(): Promise<void>;
  /** Asks again for as long as the service does not answer. */
  insist<T>(ask: (api: Api) => Promise<T>): Promise<T>;
  kill(): Promise<void>;
  /** Starts the service again. Resolves when it is ready. */
  startAgain(): Promise<void>;
  /** Problems of the service or the phone network, in words. A test expects none. */
  readonly problems: readonly string[];
  stop(): Promise<void>;
}

export interface TipTownOptions {
  readonly citizens: readonly Citizen[];
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startTipTown({ citizens, settings = {} }: TipTownOptions): Promise<TipTown> {
  const problems: string[] = [];
  const world = await openWorld({
    setting: 'own',
    settings: {
      BURGERNET_LINES: '40',
      BURGERNET_TIP_LINES: '10',
      BURGERNET_CPS: '20',
      BURGERNET_RING_SECONDS: '4',
      BURGERNET_RETRY: 'off',
      ...settings,
    },
    onProblem: (problem) => problems.push(problem),
  });
  try {
    const { controller, network } = world;
    await network.setCitizens(citizens);
    await controller.start();
    const speech = join(world.folder, 'speech');
    await writeFile(`${speech}.wav`, wavOfSeconds(SPEECH_SECONDS));
    const wav = wavOf(toneMarked(MESSAGE)) as Uint8Array<ArrayBuffer>;
    const { id: recordingId } = await controller.insist((api) =>
      api.upload<{ id: number }>('/recordings', 'audio/wav', new Blob([wav])),
    );
    return new Town(world, speech, recordingId, problems);
  } catch (error) {
    await world.end(false);
    throw error;
  }
}

class Town implements TipTown {
  constructor(
    readonly world: World,
    readonly speech: string,
    private readonly recordingId: number,
    readonly problems: readonly string[],
  ) {}

  /** Asks again for as long as the service does not answer. */
  insist<T>(ask: (api: Api) => Promise<T>): Promise<T> {
    return this.world.controller.insist(ask);
  }

  async centralist(extension: string, behaviour: DeskBehaviour): Promise<TownDesk> {
    const { id, sip } = await this.insist((api) =>
      api.post<{ id: number; sip: { username: string; password: string; server: string } }>('/centralists', {
        name: `Centralist ${extension}`,
        extension,
      }),
    );
    return { id, phone: await this.world.network.softphone(sip, behaviour) };
  }

  async onDuty({ id }: TownDesk, onDuty: boolean): Promise<void> {
    await this.insist((api) => api.put(`/centralists/${id}/duty`, { onDuty }));
  }

  async action(postcode: string, desk: TownDesk, people: readonly string[], title = 'Vermist meisje'): Promise<number> {
    for (const phone of people)
      await this.insist((api) => api.post('/participants', { phones: [phone], postcodes: [`${postcode}AB`] }));
    const { id } = await this.insist((api) =>
      api.post<{ id: number }>('/actions', {
        kind: 'missing_child',
        title,
        description: 'meisje van zes, rode jas',
        message: { recordingId: this.recordingId },
        area: { postcodes: [postcode] },
        centralistId: desk.id,
        criteria: { timeCritical: true, clearDescription: true },
      }),
    );
    await this.insist((api) => api.post(`/actions/${id}/start`, { anyway: true }));
    await eventually(
      async () => everyCallEnded(await this.counts(id)) || undefined,
      SOON_MS,
      `every call of action ${id} has ended`,
    );
    return id;
  }

  async close(actionId: number): Promise<void> {
    await this.insist((api) => api.post(`/actions/${actionId}/close`, { result: 'found' }));
  }

  async counts(actionId: number): Promise<ActionCounts> {
    return (await this.insist((api) => api.get<{ counts: ActionCounts }>(`/actions/${actionId}`))).counts;
  }

  async rows(from: string | null): Promise<readonly InboundCall[]> {
    const all = await this.insist((api) => api.get<InboundCall[]>('/inbound'));
    const fits = (row: InboundCall): boolean =>
      from === null ? row.from === null : row.from?.endsWith(from.slice(-9)) === true;
    return all.filter(fits).toSorted((a, b) => a.id - b.id);
  }

  rowWhen(from: string | null, holds: (row: InboundCall) => boolean, what: string): Promise<InboundCall> {
    const look = async (): Promise<InboundCall | undefined> => {
      const [row, ...more] = await this.rows(from);
      if (more.length > 0) throw new Error(`${from} has ${1 + more.length} calls`);
      return row && holds(row) ? row : undefined;
    };
    return eventually(look, SOON_MS, `the call from ${from}: ${what}`);
  }

  closedRow(from: string | null): Promise<InboundCall> {
    return this.rowWhen(from, ({ result }) => result !== null, 'has ended');
  }

  async beingRecorded({
    count,
    seconds,
    named = '',
    withinMs = SOON_MS,
  }: Parameters<TipTown['beingRecorded']>[0]): Promise<void> {
    const folder = join(this.world.controller.dataDir, 'asterisk', 'spool', 'recording');
    const look = async (): Promise<true | undefined> => {
      const names = (await readdir(folder)).filter((name) => name.startsWith(named));
      const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
      return sizes.filter((size) => size > seconds * BYTES_A_SECOND).length >= count || undefined;
    };
    await eventually(look, withinMs, `${count} recordings of ${seconds} s`);
  }

  async tipsOf({ id }: InboundCall): Promise<readonly Tip[]> {
    const tips = await this.insist((api) => api.get<Tip[]>('/tips'));
    return tips.filter(({ inboundId }) => inboundId === id);
  }

  async recording(id: number): Promise<Samples> {
    const { dataDir } = this.world.controller;
    const headers = { authorization: `Bearer ${readToken({ dataDir, token: undefined }) ?? ''}` };
    const sound = await this.insist(async ({ url }) =>
      (await fetch(`${url}/api/v1/recordings/${id}/audio`, { headers })).arrayBuffer(),
    );
    const file = join(this.world.folder, `recording-${id}.wav`);
    await writeFile(file, new Uint8Array(sound));
    return readSound(file);
  }

  async heard(call: PhoneCall): Promise<Samples> {
    await this.world.network.whole(call);
    return readSound(this.world.network.recordingOf(call));
  }

  async prompts(call: PhoneCall, names: readonly PromptName[]): Promise<readonly HeardPrompt[]> {
    return promptsHeard(await this.heard(call), names, (name) => readSound(`${SOUNDS}/${name}.alaw`));
  }

  deskCall({ phone }: TownDesk, fits: (call: PhoneCall) => boolean, what: string): Promise<PhoneCall> {
    return this.world.network.until(
      (call) => call.kind === 'desk' && call.number === phone.username && fits(call),
      SOON_MS,
      what,
    );
  }

  async hangUpDesk({ id }: PhoneCall): Promise<void> {
    const { httpUrl, authorization } = this.world.network.asterisk.address;
    await fetch(`${httpUrl}/ari/channels/${id}`, { method: 'DELETE', headers: { authorization } });
  }

  async untilLinesFree(): Promise<void> {
    const look = async (): Promise<true | undefined> => {
      const page = await this.insist(async ({ url }) => (await fetch(`${url}/metrics`)).text());
      return /^burgernet_lines_in_use\{[^}]*inbound[^}]*\} 0$/m.test(page) || undefined;
    };
    await eventually(look, SOON_MS, 'no line in use');
  }

  kill(): Promise<void> {
    return this.world.controller.kill();
  }

  async startAgain(): Promise<void> {
    if ((await this.world.controller.start()) === undefined) throw new Error(this.problems.join(' / '));
  }

  stop(): Promise<void> {
    return this.world.end(false);
  }
}
