import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startOwnAsterisk, type OwnAsterisk } from '../adapters/asterisk/process/asterisk-process.js';
import { callerNumber } from '../domain/phone-number.js';
import { deferred } from '../lib/deferred.js';
import type { Log } from '../ports/log.js';
import { callOrder, type CallOptions } from './caller.js';
import { stepsOf, type Citizen, type Habits, type Persona } from './town/citizens.js';
import { LedgerFile } from './ledger-file.js';
import type { LiveCall } from './live-call.js';
import type { PhoneCall } from './ledger.js';
import { networkControl, type NetworkControl } from './network-control.js';
import { networkValues, type Address, type ServiceAddress } from './network-config.js';
import { peopleFile, type Person } from './town/people-file.js';
import { deskSteps, register, type DeskBehaviour, type Softphone, type SoftphoneAccount } from './softphone.js';

export interface PhoneNetworkOptions {
  /** All files of the phone network are below this folder, which is removed when the network stops. */
  readonly folder: string;
  /** The address on which the phone network listens. The port must be free. */
  readonly sip: Address;
  /** The address of the service's Asterisk. */
  readonly service: ServiceAddress;
  /** Default 30000-39999. */
  readonly rtp?: { readonly from: number; readonly to: number };
  readonly log: Log;
}

/** A behaviour for every number that no citizen has. */
export type Others = Habits & {
  readonly persona: Persona;
  /** Pattern of the last digit of these numbers, such as `[0-6]`. */
  readonly lastDigit?: string;
};

export interface PhoneNetwork {
  /** For BURGERNET_TRUNK: `sip:127.0.0.1:5070`. */
  readonly trunk: string;
  readonly asterisk: OwnAsterisk;
  /** Replaces the town. A number that no citizen has gets 404, unless it matches `others`. */
  setCitizens(citizens: Iterable<Citizen>, others?: readonly Others[]): Promise<void>;
  /** Calls the service; resolves when the call has ended. */
  call(options: CallOptions): Promise<PhoneCall>;
  /** Calls the service; resolves with the call when it has begun. */
  startCall(options: CallOptions): Promise<LiveCall>;
  /** Registers a softphone with the service's Asterisk. */
  softphone(account: SoftphoneAccount, behaviour: DeskBehaviour): Promise<Softphone>;
  /** Every call so far, from the ledger. */
  ledger(): Promise<readonly PhoneCall[]>;
  /** Resolves with the first call that fits; throws after `withinMs`. */
  until(fits: (call: PhoneCall) => boolean, withinMs: number, what?: string): Promise<PhoneCall>;
  /** Resolves when the recording of a call that has ended is complete on disk. */
  whole(call: PhoneCall): Promise<void>;
  /** Path of the recording of a call: wav, 8 kHz, 16 bits. Complete after the call has ended. */
  recordingOf(call: PhoneCall): string;
  /** Ends the network. No process, port or file is left, except the files with `keepFiles`. */
  stop(options?: { readonly keepFiles?: boolean }): Promise<void>;
}

const TEMPLATES = fileURLToPath(new URL('asterisk', import.meta.url));
const LOOK_MS = 40;

/**
 * Starts a second Asterisk that plays the operator and all telephones behind the trunk. The behaviour of the
 * people is in its dialplan, so that calls go on when other processes die. Throws `AsteriskUnusable` when
 * Asterisk cannot be started.
 */
export async function startPhoneNetwork(options: PhoneNetworkOptions): Promise<PhoneNetwork> {
  const { folder, sip, service, log } = options;
  const recordings = join(folder, 'recordings');
  await mkdir(recordings, { recursive: true, mode: 0o700 });
  const setup = {
    sip,
    service,
    rtp: options.rtp ?? { from: 30_000, to: 39_999 },
    ledger: join(folder, 'ledger.txt'),
    recordings,
  };
  const asterisk = await startOwnAsterisk({
    folder,
    templates: TEMPLATES,
    values: (...parts) => Promise.resolve(networkValues(setup, ...parts)),
    sip: { setting: 'the phone network', host: sip.host, port: sip.port },
    allowOld: true,
    log: log.child({ part: 'phone network' }),
  });
  const control = networkControl(asterisk.address, join(asterisk.folders.etc, 'asterisk.conf'));
  return new Network(options, setup, asterisk, control);
}

class Network implements PhoneNetwork {
  readonly #ledger: LedgerFile;
  readonly #desks = new Map<string, { readonly account: SoftphoneAccount; behaviour: DeskBehaviour }>();
  #people: readonly Person[] = [];
  #generation = 0;
  #deskCount = 0;
  #callCount = 0;
  #writing: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  readonly #run = randomBytes(4).toString('hex');

  constructor(
    private readonly options: PhoneNetworkOptions,
    private readonly setup: { readonly ledger: string; readonly recordings: string },
    readonly asterisk: OwnAsterisk,
    private readonly control: NetworkControl,
  ) {
    this.#ledger = new LedgerFile(
      setup.ledger,
      (extension) => this.#desks.get(extension)?.account.username ?? extension,
    );
  }

  get trunk(): string {
    return `sip:${this.options.sip.host}:${this.options.sip.port}`;
  }

  setCitizens(citizens: Iterable<Citizen>, others: readonly Others[] = []): Promise<void> {
    this.#generation += 1;
    this.#people = [
      ...Array.from(citizens, personOf),
      ...others.map((other) => ({
        extension: `_31XXXXXXXX${other.lastDigit ?? 'X'}`,
        persona: other.persona,
        ...stepsOf(other.persona, other),
      })),
    ];
    return this.#publish();
  }

  async startCall(options: CallOptions): Promise<LiveCall> {
    this.#callCount += 1;
    const id = `call-${this.#run}-${this.#callCount}`;
    const answered = deferred<PhoneCall | null>();
    const order = callOrder(options, {
      ledger: this.setup.ledger,
      serviceHost: this.options.service.host,
      now: Date.now(),
      id,
    });
    await this.control.request('POST', `channels/${id}`, order);
    const ended = this.#follow(id, answered.resolve.bind(answered));
    return {
      id,
      answered: answered.promise,
      ended,
      hangUp: async () => {
        await this.control.request('POST', `channels/${id}/variable?variable=WHO&value=here`).catch(() => undefined);
        await this.control.request('DELETE', `channels/${id}`).catch(() => undefined);
      },
    };
  }

  async call(options: CallOptions): Promise<PhoneCall> {
    return (await this.startCall(options)).ended;
  }

  async softphone(account: SoftphoneAccount, behaviour: DeskBehaviour): Promise<Softphone> {
    this.#deskCount += 1;
    const extension = `desk${this.#deskCount}`;
    const desk = { account, behaviour };
    this.#desks.set(extension, desk);
    await this.#publish();
    const registration = await register(this.control, extension, account);
    return {
      username: account.username,
      behave: async (next) => {
        desk.behaviour = next;
        await this.#publish();
      },
      calls: async () =>
        (await this.ledger()).filter((call) => call.kind === 'desk' && call.number === account.username),
      dial: (number, script = []) => this.startCall({ from: account.username, to: number, script, by: extension }),
      close: () => registration.end(),
    };
  }

  ledger(): Promise<readonly PhoneCall[]> {
    return this.#ledger.calls();
  }

  async until(fits: (call: PhoneCall) => boolean, withinMs: number, what = 'call'): Promise<PhoneCall> {
    for (const deadline = performance.now() + withinMs; performance.now() < deadline; await pause(LOOK_MS)) {
      const found = (await this.ledger()).find(fits);
      if (found) return found;
    }
    throw new Error(`no such ${what} on the phone network within ${withinMs} ms`);
  }

  whole(call: PhoneCall): Promise<void> {
    return this.#recorded(call);
  }

  recordingOf(call: PhoneCall): string {
    if (call.recording === null) throw new Error(`call ${call.id} was not answered: nothing was heard`);
    return join(this.setup.recordings, call.recording);
  }

  stop({ keepFiles = false }: { readonly keepFiles?: boolean } = {}): Promise<void> {
    this.#stopped ??= this.#stop(keepFiles);
    return this.#stopped;
  }

  async #stop(keepFiles: boolean): Promise<void> {
    await this.asterisk.stop();
    if (keepFiles) return;
    // The control socket is outside the folder when the folder's path is too long for a socket.
    await rm(this.asterisk.folders.run, { recursive: true, force: true });
    await rm(this.options.folder, { recursive: true, force: true });
  }

  /** Writes the file of all telephones and makes Asterisk read it, one write after another. */
  #publish(): Promise<void> {
    const desks = [...this.#desks].map(([extension, { behaviour }]) => ({
      extension,
      persona: `desk ${behaviour.type}`,
      first: deskSteps(behaviour),
    }));
    const text = peopleFile([...this.#people, ...desks], this.#generation);
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(async () => {
        const file = join(this.asterisk.folders.etc, 'people.conf');
        await writeFile(`${file}.new`, text, { mode: 0o600 });
        await rename(`${file}.new`, file);
        await this.control.request('PUT', 'asterisk/modules/pbx_config.so');
      });
    return this.#writing;
  }

  async #follow(id: string, onAnswered: (call: PhoneCall | null) => void): Promise<PhoneCall> {
    for (;;) {
      const call = await this.#ledger.get(id);
      if (call?.answeredAt != null) onAnswered(call);
      if (call?.endedAt != null) {
        onAnswered(null);
        await this.#recorded(call);
        return call;
      }
      if (this.#stopped !== undefined) throw new Error('the phone network was stopped during a call');
      await pause(LOOK_MS);
    }
  }

  /** Asterisk closes the recording a moment after the call has ended. Until then its header has length 0. */
  async #recorded(call: PhoneCall): Promise<void> {
    if (call.recording === null) return;
    const path = this.recordingOf(call);
    for (const deadline = performance.now() + 2_000; performance.now() < deadline; await pause(LOOK_MS)) {
      if (existsSync(path) && (await isWhole(path))) return;
    }
  }
}

async function isWhole(path: string): Promise<boolean> {
  const file = await readFile(path);
  return file.length > 44 && file.readUInt32LE(40) === file.length - 44;
}

function personOf(citizen: Citizen): Person {
  const number = callerNumber(citizen.number);
  if (number === undefined) throw new Error(`not a telephone number: ${citizen.number}`);
  return { extension: number.slice(1), persona: citizen.persona, ...stepsOf(citizen.persona, citizen) };
}
