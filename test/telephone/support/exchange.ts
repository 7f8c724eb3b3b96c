import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/adapters/asterisk/process/ports-free.js';
import { createPinoLog } from '../../../src/adapters/log/pino-log.js';
import type { ActionInput, ActionView, CentralistAccount } from '../../../src/app/services.js';
import type { Sound } from '../../../src/domain/messages.js';
import type { Attempt } from '../../../src/domain/attempt.js';
import type { ActionEvent } from '../../../src/ports/stores.js';
import { loadConfig } from '../../../src/config.js';
import {
  readSound,
  startPhoneNetwork,
  wavOf,
  type PhoneCall,
  type PhoneNetwork,
  type Samples,
} from '../../../src/phonenet/index.js';
import { toneMarked, type MarkTone } from '../../../src/phonenet/listening/tone-marks.js';
import type { Log } from '../../../src/ports/log.js';
import { startService, type Service } from '../../../src/service.js';
import type { SteppedClock } from './stepped-clock.js';

const HOST = '127.0.0.1';

/** A whole exchange: our service on a real Asterisk, and the phone network on another. */
export interface Exchange {
  readonly service: Service;
  readonly network: PhoneNetwork;
  /** `host:port` where our Asterisk listens. */
  readonly sip: { readonly host: string; readonly port: number };
  readonly dataDir: string;
  centralist(extension?: string): Promise<CentralistAccount>;
  participant(phones: string | readonly string[], postcode: string, name?: string): number;
  /** Drafts an action for a postcode with the given message; returns its id. */
  draft(postcode: string, message: ActionInput['message'], more?: Partial<ActionInput>): Promise<number>;
  /** Resolves when a look at the action satisfies; looks again at every event of it. */
  until(
    actionId: number,
    satisfied: (view: ActionView) => boolean,
    what: string,
    withinMs?: number,
  ): Promise<ActionView>;
  /** Resolves when nobody is waiting, ringing or talking any more. */
  calledOut(actionId: number): Promise<ActionView>;
  /** Uploads a message of marker tones; its id for `message: { recordingId }`. */
  toneMessage(tones: readonly MarkTone[]): Promise<number>;
  /** What the other end of a call of the phone network heard. */
  heard(call: PhoneCall): Promise<Samples>;
  /** The samples of a sound of ours, as the trunk carries them. */
  samples(sound: Sound): Promise<Samples>;
  attemptsTo(actionId: number, phone: string): readonly Attempt[];
  /** Stops our service, changes what it has stored, and starts it again. */
  restart(change: (folder: string) => void): Promise<void>;
  stop(): Promise<void>;
}

export interface ExchangeOptions {
  /** Settings beside the harness's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another trunk than the phone network. */
  readonly trunkPort?: number;
  /** The wall clock of our Asterisk. */
  readonly clock?: SteppedClock;
  /** Where our service writes its log. */
  readonly log?: Log;
}

const UNTIL_MS = 60_000;

/** Two ports by a random start: telephone tests of two checkouts may run side by side. */
export async function startExchange(options: ExchangeOptions = {}): Promise<Exchange> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bn-test-'));
  const sip = { host: HOST, port: await freePort(HOST) };
  const rtpStart = 20_000 + 2 * Math.floor(Math.random() * 4_000);
  const log = createPinoLog({ level: process.env.TEST_LOG === 'debug' ? 'debug' : 'error' });
  const network = await startPhoneNetwork({
    folder: join(dataDir, 'net'),
    sip: { host: HOST, port: await freePort(HOST) },
    service: sip,
    rtp: { from: rtpStart + 10_000, to: rtpStart + 10_999 },
    log,
  });
  const trunk = options.trunkPort === undefined ? network.trunk : `sip:${HOST}:${options.trunkPort}`;
  const config = loadConfig(
    {
      BURGERNET_DATA: join(dataDir, 'data'),
      BURGERNET_HTTP: `${HOST}:0`,
      BURGERNET_SIP: `${sip.host}:${sip.port}`,
      BURGERNET_RTP: `${rtpStart}-${rtpStart + 999}`,
      BURGERNET_TRUNK: trunk,
      BURGERNET_NIGHT: 'off',
      BURGERNET_RING_SECONDS: '5',
      BURGERNET_RETRY: 'off',
      BURGERNET_CPS: '20',
      ...options.env,
    },
    dataDir,
  );
  if (!config.trunk) throw new Error('no trunk');
  const { trunk: operator } = config;
  const start = (): Promise<Service> => startService(config, operator, options.log ?? log);
  let service: Service;
  try {
    service = await (options.clock ? options.clock.with(start) : start());
  } catch (error) {
    await network.stop();
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
  return new TestExchange(service, network, sip, dataDir, start);
}

class TestExchange implements Exchange {
  #extension = 100;

  constructor(
    public service: Service,
    readonly network: PhoneNetwork,
    readonly sip: { readonly host: string; readonly port: number },
    readonly dataDir: string,
    private readonly start: () => Promise<Service>,
  ) {}

  centralist(extension = String(++this.#extension)): Promise<CentralistAccount> {
    return this.service.services.desk.add({ name: `Centralist ${extension}`, extension });
  }

  participant(phones: string | readonly string[], postcode: string, name = 'Jan Voorbeeld'): number {
    const list = typeof phones === 'string' ? [phones] : phones;
    return this.service.services.participants.add({ phones: list, postcodes: [postcode], name }).id;
  }

  async draft(postcode: string, message: ActionInput['message'], more: Partial<ActionInput> = {}): Promise<number> {
    const centralistId = more.centralistId ?? (await this.centralist()).centralist.id;
    const { action } = await this.service.services.actions.create({
      kind: 'missing_child',
      title: 'Vermist meisje',
      description: 'meisje van zes, rode jas',
      area: { postcodes: [postcode] },
      criteria: { timeCritical: true, clearDescription: true },
      ...more,
      message,
      centralistId,
    });
    return action.id;
  }

  until(
    actionId: number,
    satisfied: (view: ActionView) => boolean,
    what: string,
    withinMs = UNTIL_MS,
  ): Promise<ActionView> {
    const { actions } = this.service.services;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const view = actions.view(actionId);
        if (!satisfied(view)) return;
        clearTimeout(timer);
        off();
        resolve(view);
      };
      const off = actions.onEvent((event: ActionEvent) => {
        // What is told is finished just after it is told.
        if (event.actionId === actionId) setImmediate(look);
      });
      const timer = setTimeout(() => {
        off();
        reject(new Error(`waited in vain for ${what}: ${JSON.stringify(actions.view(actionId).counts)}`));
      }, withinMs);
      look();
    });
  }

  calledOut(actionId: number): Promise<ActionView> {
    return this.until(
      actionId,
      ({ counts }) => counts.waiting + counts.dialing + counts.ringing + counts.in_call === 0,
      'everybody to be called',
    );
  }

  async toneMessage(tones: readonly MarkTone[]): Promise<number> {
    const recording = await this.service.services.recordings.upload(wavOf(toneMarked(tones)));
    return recording.id;
  }

  heard(call: PhoneCall): Promise<Samples> {
    return readSound(this.network.recordingOf(call));
  }

  samples(sound: Sound): Promise<Samples> {
    return readSound(`${this.service.shelf.pathOf(sound)}.alaw`);
  }

  attemptsTo(actionId: number, phone: string): readonly Attempt[] {
    return this.service.services.actions
      .attempts(actionId)
      .filter((attempt) => attempt.phone.endsWith(phone.slice(-9)));
  }

  async restart(change: (folder: string) => void): Promise<void> {
    await this.service.stop();
    change(join(this.dataDir, 'data'));
    this.service = await this.start();
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.network.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
