import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionCounts } from '../../../src/app/services.js';
import type { Api } from '../../../src/cli/api-client.js';
import type { InboundCall, Tip } from '../../../src/domain/tip.js';
import { readToken } from '../../../src/config.js';
import type { PromptName } from '../../../src/domain/messages.js';
import {
  MARK_TONES,
  hearings,
  readSound,
  toneMarked,
  tonesInOrder,
  wavOf,
  type Citizen,
  type DeskBehaviour,
  type MarkTone,
  type PhoneCall,
  type Samples,
  type Softphone,
} from '../../../src/phonenet/index.js';
import { openWorld, type World } from '../../chaos/world.js';
import { eventually } from './adapter.js';
import { SOUNDS } from './pair.js';

/** What a slow machine may take for anything, ms. */
export const SOON_MS = 30_000;

/** The message of every action. */
export const MESSAGE: readonly MarkTone[] = [480, 1140, 2100, 600];

/** A tone a second, another than its neighbours: what is missing of them is known. */
const SPEECH = { toneMs: 960, gapMs: 40 };
const SPEECH_SECONDS = 110;
/** Of what Asterisk records: 16 bits at 8 kHz. */
const BYTES_A_SECOND = 16_000;

export interface TownDesk {
  readonly id: number;
  readonly phone: Softphone;
}

/** The service as a process that can be killed, a phone network that outlives it, and people who were reached. */
export interface TipTown {
  readonly world: World;
  /** What somebody says for nearly two minutes: a path without extension. */
  readonly speech: string;
  centralist(extension: string, behaviour: DeskBehaviour): Promise<TownDesk>;
  onDuty(desk: TownDesk, onDuty: boolean): Promise<void>;
  /** An action of this centralist that has called everybody who lives there; its id. */
  action(postcode: string, desk: TownDesk, people: readonly string[], title?: string): Promise<number>;
  close(actionId: number): Promise<void>;
  counts(actionId: number): Promise<ActionCounts>;
  /** Every call to the tip line of who shows this number, oldest first; those that were withheld for null. */
  rows(from: string | null): Promise<readonly InboundCall[]>;
  /** The one call, once this holds of it. */
  rowOf(from: string | null, holds: (row: InboundCall) => boolean, what: string): Promise<InboundCall>;
  /** The one call, once it is over. */
  overRowOf(from: string | null): Promise<InboundCall>;
  tipsOf(row: InboundCall): Promise<readonly Tip[]>;
  /** Resolves when so many recordings whose names begin so have more than these seconds in them. */
  beingRecorded(files: {
    readonly count: number;
    readonly seconds: number;
    readonly named?: string;
    readonly withinMs?: number;
  }): Promise<void>;
  /** What was recorded. */
  recording(id: number): Promise<Samples>;
  heard(call: PhoneCall): Promise<Samples>;
  /** When these prompts were heard in a call, ms from its answer. */
  prompts(call: PhoneCall, names: readonly PromptName[]): Promise<{ name: PromptName; atMs: number }[]>;
  /** The call of this softphone that fits, as soon as there is one. */
  deskCall(desk: TownDesk, fits: (call: PhoneCall) => boolean, what: string): Promise<PhoneCall>;
  /** A centralist lays down the telephone. */
  layDown(call: PhoneCall): Promise<void>;
  insist<T>(ask: (api: Api) => Promise<T>): Promise<T>;
  kill(): Promise<void>;
  /** Starts the service anew; resolves when it is ready. */
  startAgain(): Promise<void>;
  /** What must not be, in words. */
  readonly troubles: readonly string[];
  stop(): Promise<void>;
}

export interface TipTownOptions {
  readonly citizens: readonly Citizen[];
  readonly settings?: Readonly<Record<string, string>>;
}

/** Answers, presses a key and has heard enough: reached. */
export const reachable = (number: string): Citizen => {
  return { number, persona: 'hangs_up_in_message', answerAfterMs: 100, pressAfterMs: 300, hangUpAfterMs: 400 };
};

export async function startTipTown({ citizens, settings = {} }: TipTownOptions): Promise<TipTown> {
  const troubles: string[] = [];
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
    onTrouble: (what) => troubles.push(what),
  });
  try {
    const { controller, network } = world;
    await network.setCitizens(citizens);
    await controller.start();
    const speech = join(world.folder, 'speech');
    const tones = Array.from({ length: SPEECH_SECONDS }, (_, second) => MARK_TONES[second % MARK_TONES.length]!);
    await writeFile(`${speech}.wav`, wavOf(toneMarked(tones, SPEECH)));
    const wav = wavOf(toneMarked(MESSAGE)) as Uint8Array<ArrayBuffer>;
    const { id: recordingId } = await controller.insist((api) =>
      api.upload<{ id: number }>('/recordings', 'audio/wav', new Blob([wav])),
    );
    return new Town(world, speech, recordingId, troubles);
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
    readonly troubles: readonly string[],
  ) {}

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
      async () => {
        const { waiting, dialing, ringing, in_call } = await this.counts(id);
        return waiting + dialing + ringing + in_call === 0 || undefined;
      },
      SOON_MS,
      `action ${id} called out`,
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

  rowOf(from: string | null, holds: (row: InboundCall) => boolean, what: string): Promise<InboundCall> {
    const look = async (): Promise<InboundCall | undefined> => {
      const [row, ...more] = await this.rows(from);
      if (more.length > 0) throw new Error(`${from} has ${1 + more.length} entries`);
      return row && holds(row) ? row : undefined;
    };
    return eventually(look, SOON_MS, `the entry of ${from}: ${what}`);
  }

  overRowOf(from: string | null): Promise<InboundCall> {
    return this.rowOf(from, ({ result }) => result !== null, 'over');
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

  async prompts(call: PhoneCall, names: readonly PromptName[]): Promise<{ name: PromptName; atMs: number }[]> {
    const heard = await this.heard(call);
    const found = await Promise.all(
      names.map(async (name) =>
        hearings(heard, await readSound(`${SOUNDS}/${name}.alaw`)).map(({ atMs }) => ({ name, atMs })),
      ),
    );
    return found.flat().toSorted((a, b) => a.atMs - b.atMs);
  }

  deskCall({ phone }: TownDesk, fits: (call: PhoneCall) => boolean, what: string): Promise<PhoneCall> {
    return this.world.network.until(
      (call) => call.kind === 'desk' && call.number === phone.username && fits(call),
      SOON_MS,
      what,
    );
  }

  async layDown({ id }: PhoneCall): Promise<void> {
    const { httpUrl, authorization } = this.world.network.asterisk.address;
    await fetch(`${httpUrl}/ari/channels/${id}`, { method: 'DELETE', headers: { authorization } });
  }

  kill(): Promise<void> {
    return this.world.controller.kill();
  }

  async startAgain(): Promise<void> {
    if ((await this.world.controller.start()) === undefined) throw new Error(this.troubles.join(' / '));
  }

  stop(): Promise<void> {
    return this.world.end(false);
  }
}

/** The seconds of speech that were heard, in order. */
export const secondsHeard = (recording: Samples): number[] =>
  tonesInOrder(recording).map((hz) => MARK_TONES.indexOf(hz));

/** Where a second of speech is missing: `3→5`. */
export function secondsMissing(seconds: readonly number[]): string[] {
  return seconds.flatMap((second, index) => {
    const before = seconds[index - 1];
    return before === undefined || second === (before + 1) % MARK_TONES.length
      ? []
      : [`${before}→${second} at ${index}`];
  });
}
