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
  type DeskBehaviour,
  type PhoneCall,
  type PhoneNetwork,
  type Samples,
  type Softphone,
} from '../../../src/phonenet/index.js';
import { toneMarked, type MarkTone } from '../../../src/phonenet/listening/tone-marks.js';
import type { Log } from '../../../src/ports/log.js';
import { startService, type Service } from '../../../src/service.js';
import { everyCallEnded } from './every-call-ended.js';
import { startPeer, type SipPeer } from './sip-peer.js';
import type { SteppedClock } from './stepped-clock.js';

const HOST = '127.0.0.1';

/** A centralist, with a softphone of the phone network registered under the account. */
export interface Desk {
  readonly account: CentralistAccount;
  readonly phone: Softphone;
}

/** The whole service on a real Asterisk, and the phone network on another Asterisk. */
export interface Exchange {
  readonly service: Service;
  readonly network: PhoneNetwork;
  /** The address at which our Asterisk listens. */
  readonly sip: { readonly host: string; readonly port: number };
  readonly dataDir: string;
  centralist(extension?: string): Promise<CentralistAccount>;
  /** Adds a centralist with a softphone of the phone network. */
  desk(behaviour: DeskBehaviour, extension?: string): Promise<Desk>;
  /** A bare SIP peer of our Asterisk, with the account of a centralist or without one; closed by `stop`. */
  peer(account?: CentralistAccount): Promise<SipPeer>;
  participant(phones: string | readonly string[], postcode: string, name?: string): number;
  /** Drafts an action for a postcode area with the given message. Resolves with its id. */
  draft(postcode: string, message: ActionInput['message'], more?: Partial<ActionInput>): Promise<number>;
  /** Resolves when the action satisfies the condition, which is checked at every event of the action. */
  until(
    actionId: number,
    satisfied: (view: ActionView) => boolean,
    what: string,
    withinMs?: number,
  ): Promise<ActionView>;
  /** Resolves when no participant of the action is waiting, ringing or in a call any more. */
  calledOut(actionId: number, withinMs?: number): Promise<ActionView>;
  /** The calls to this number of a citizen, oldest first. */
  callsTo(phone: string): Promise<readonly PhoneCall[]>;
  /** Uploads a message of marker tones. Resolves with the id for `message: { recordingId }`. */
  toneMessage(tones: readonly MarkTone[]): Promise<number>;
  /** The sound that the far end of a call of the phone network heard. */
  heard(call: PhoneCall): Promise<Samples>;
  /** The samples of one of our sounds, as the trunk carries them. */
  samples(sound: Sound): Promise<Samples>;
  attemptsTo(actionId: number, phone: string): readonly Attempt[];
  /** Stops our service, lets `change` alter its data folder, and starts it again. */
  restart(change: (folder: string) => void): Promise<void>;
  stop(): Promise<void>;
}

export interface ExchangeOptions {
  /** Settings that add to or replace those of every exchange. */
  readonly env?: Readonly<Record<string, string>>;
  /** The port of an operator other than the phone network. */
  readonly trunkPort?: number;
  /** The wall clock of our Asterisk; the machine's own when left out. */
  readonly clock?: SteppedClock;
  /** The log of our service. */
  readonly log?: Log;
}

const UNTIL_MS = 60_000;

/** Ports are free or random, so that telephone tests of two checkouts can run at the same time. */
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
  readonly #peers: SipPeer[] = [];

  constructor(
    public service: Service,
    readonly network: PhoneNetwork,
    readonly sip: { readonly host: string; readonly port: number },
    readonly dataDir: string,
    private readonly start: () => Promise<Service>,
  ) {}

  centralist(extension = String(++this.#extension)): Promise<CentralistAccount> {
    return this.service.services.centralists.add({ name: `Centralist ${extension}`, extension });
  }

  async desk(behaviour: DeskBehaviour, extension?: string): Promise<Desk> {
    const account = await this.centralist(extension);
    const { sipUsername: username, sipPassword: password } = account.centralist;
    const phone = await this.network.softphone({ username, password, server: account.server }, behaviour);
    return { account, phone };
  }

  async peer(account?: CentralistAccount): Promise<SipPeer> {
    const own = account && { username: account.centralist.sipUsername, password: account.centralist.sipPassword };
    const peer = await startPeer(this.sip, own);
    this.#peers.push(peer);
    return peer;
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
        // The event comes just before the change that it announces is complete.
        if (event.actionId === actionId) setImmediate(look);
      });
      const timer = setTimeout(() => {
        off();
        reject(
          new Error(`waited ${withinMs} ms in vain for ${what}: ${JSON.stringify(actions.view(actionId).counts)}`),
        );
      }, withinMs);
      look();
    });
  }

  calledOut(actionId: number, withinMs?: number): Promise<ActionView> {
    return this.until(actionId, ({ counts }) => everyCallEnded(counts), 'every call to end', withinMs);
  }

  async callsTo(phone: string): Promise<readonly PhoneCall[]> {
    return (await this.network.ledger())
      .filter(({ kind, number }) => kind === 'citizen' && number.endsWith(phone.slice(-9)))
      .toSorted((a, b) => a.invitedAt - b.invitedAt);
  }

  async toneMessage(tones: readonly MarkTone[]): Promise<number> {
    const recording = await this.service.services.recordings.upload(wavOf(toneMarked(tones)));
    return recording.id;
  }

  heard(call: PhoneCall): Promise<Samples> {
    return readSound(this.network.recordingOf(call));
  }

  samples(sound: Sound): Promise<Samples> {
    return readSound(`${this.service.soundFiles.pathOf(sound)}.alaw`);
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
    for (const peer of this.#peers) peer.close();
    await this.service.stop();
    await this.network.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
