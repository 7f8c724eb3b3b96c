import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AsteriskTelephony } from '../../../src/adapters/asterisk/asterisk-telephony.js';
import { systemClock } from '../../../src/adapters/clock/system-clock.js';
import { createShelf } from '../../../src/adapters/speech/shelf.js';
import { PROMPTS, prompt, type PromptName } from '../../../src/domain/messages.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import type { Call, CallId } from '../../../src/ports/call.js';
import type { DeskCall, IncomingCall, TransferRequest } from '../../../src/ports/telephony.js';
import { isAnswered } from '../../../src/ports/telephony.js';
import { readSound, wavOf, type PhoneCall, type Samples } from '../../../src/phonenet/index.js';
import { toneMarked, toneMarks, type MarkTone } from '../../../src/phonenet/listening/tone-marks.js';
import { SOUNDS, startPair, type Pair, type PairOptions } from './pair.js';

/** What came to our side, each kept until a test takes it. */
export interface Arrivals {
  readonly incoming: Inbox<IncomingCall>;
  readonly desk: Inbox<DeskCall>;
  readonly transfers: Inbox<{ readonly centralist: CallId; readonly request: TransferRequest }>;
  readonly registrations: Inbox<{ readonly username: string; readonly registered: boolean }>;
}

/** The Asterisk adapter on a real Asterisk with a phone network behind it, and nothing of ours above it. */
export interface Adapter {
  readonly pair: Pair;
  readonly telephony: AsteriskTelephony;
  readonly arrivals: Arrivals;
  /** Where Asterisk keeps recordings. */
  readonly recordings: string;
  newId(): CallId;
  /** A centralist's account, made known to Asterisk. */
  desk(extension: string): Promise<{ readonly username: string; readonly password: string; readonly server: string }>;
  /**
   * Rings somebody and gives the answered call. A softphone is rung again when it could not be: on a machine that does
   * other things too it may answer Asterisk's OPTIONS late, and counts as away until the next.
   */
  reach(to: { readonly number: string } | { readonly username: string }): Promise<Call>;
  /** A sound of tones, for somebody of the phone network to say: a path without extension. */
  says(tones: readonly MarkTone[], lengths?: { readonly toneMs: number; readonly gapMs: number }): Promise<string>;
  heard(call: PhoneCall): Promise<Samples>;
  /** The tones that somebody heard. */
  tonesHeard(call: PhoneCall): Promise<readonly number[]>;
  samples(name: PromptName): Promise<Samples>;
  /** Another controller in place of this one, which is gone without a word. */
  restart(): Promise<void>;
  /** The controller is gone; Asterisk stays. */
  leave(): Promise<void>;
  stop(): Promise<void>;
}

export interface AdapterOptions extends PairOptions {
  /** Softphones must encrypt their sound. */
  readonly srtp?: boolean;
  /** How often the packets of calls on the trunk are counted; as in the service when left out. */
  readonly silenceCountMs?: number;
  /** The controller gets copies of SIP messages, as from an Asterisk of its own. */
  readonly copies?: boolean;
}

const ATTEMPTS = 3;

export async function startAdapter({
  srtp = false,
  copies = false,
  silenceCountMs,
  ...options
}: AdapterOptions = {}): Promise<Adapter> {
  const pair = await startPair(options);
  const folder = await mkdtemp(join(tmpdir(), 'bn-adapter-'));
  const recordings = join(pair.asterisk.folders.spool, 'recording');
  const arrivals: Arrivals = {
    incoming: new Inbox('a call to the tip line'),
    desk: new Inbox('a call of a centralist'),
    transfers: new Inbox('a transfer'),
    registrations: new Inbox('a registration'),
  };
  let [ids, sounds] = [0, 0];
  let telephony = await opened(pair, recordings, arrivals, { srtp, copies, silenceCountMs });
  const adapter: Adapter = {
    pair,
    get telephony() {
      return telephony;
    },
    arrivals,
    recordings,
    newId: () => `adapter-${++ids}`,
    desk: async (extension) => {
      const account = { username: `desk-${extension}-ab12cd`, password: `secret-${extension}` };
      await telephony.provisionDesk({ ...account, displayName: `Centralist ${extension}` });
      return { ...account, server: `${pair.sip.host}:${pair.sip.port}` };
    },
    reach: async (to) => {
      for (let attempt = 1; ; attempt++) {
        const outgoing = telephony.place({
          id: adapter.newId(),
          to: 'number' in to ? { type: 'trunk', number: to.number as E164 } : { type: 'desk', username: to.username },
          callerId: { number: '0612345678', name: 'Actie 1 8251AB Anna Proef' },
          ringMs: 20_000,
          maxMs: 120_000,
        });
        const result = await outgoing.answered;
        if (isAnswered(result)) return result;
        if ('number' in to || attempt === ATTEMPTS) throw new Error(`not answered: ${JSON.stringify(result)}`);
        await eventually(
          async () => (await telephony.deskRegistered(to.username)) || undefined,
          20_000,
          'the softphone is there again',
        );
      }
    },
    says: async (tones, lengths) => {
      const path = join(folder, `tones-${++sounds}`);
      await writeFile(`${path}.wav`, wavOf(toneMarked(tones, lengths)));
      return path;
    },
    heard: (call) => readSound(pair.network.recordingOf(call)),
    tonesHeard: async (call) => toneMarks(await adapter.heard(call)).map(({ hz }) => hz),
    samples: (name) => readSound(`${SOUNDS}/${name}.alaw`),
    leave: () => telephony.close(),
    restart: async () => {
      await telephony.close();
      telephony = await opened(pair, recordings, arrivals, { srtp, copies, silenceCountMs });
    },
    stop: async () => {
      await telephony.close();
      await pair.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return adapter;
}

async function opened(
  pair: Pair,
  recordingsFolder: string,
  arrivals: Arrivals,
  {
    srtp,
    copies,
    silenceCountMs,
  }: Pick<AdapterOptions, 'srtp' | 'copies'> & { readonly silenceCountMs?: number | undefined },
): Promise<AsteriskTelephony> {
  const telephony = new AsteriskTelephony({
    address: pair.asterisk.address,
    allowOldAsterisk: false,
    numberFormat: 'e164',
    recordingsFolder,
    shelf: createShelf(SOUNDS, new Map(PROMPTS.map((name) => [name, join(SOUNDS, name)]))),
    clock: systemClock,
    log: pair.log,
    onStep: () => undefined,
    srtp: srtp === true,
    silenceCountMs,
    ...(copies ? { sipTapPort: pair.asterisk.sipTapPort, sipPorts: [pair.sip.port] } : {}),
    isOurs: (id) => id.startsWith('adapter-'),
  });
  telephony.onIncoming((incoming) => arrivals.incoming.put(incoming));
  telephony.onDeskCall((desk) => arrivals.desk.put(desk));
  telephony.onTransfer((centralist, request) => arrivals.transfers.put({ centralist, request }));
  telephony.onRegistration((username, registered) => arrivals.registrations.put({ username, registered }));
  try {
    await telephony.open();
    return telephony;
  } catch (error) {
    await telephony.close();
    await pair.stop();
    throw error;
  }
}

const ARRIVES_MS = 30_000;

/** Things that arrive, in order; taken one by one. */
export class Inbox<T> {
  readonly #kept: T[] = [];
  readonly #takers: ((thing: T) => void)[] = [];

  constructor(private readonly what: string) {}

  /** What is there now, not taken yet. */
  get kept(): readonly T[] {
    return this.#kept;
  }

  put(thing: T): void {
    const taker = this.#takers.shift();
    if (taker) taker(thing);
    else this.#kept.push(thing);
  }

  /** The next one, which may be there already; rejects when none comes in time. */
  take(withinMs = ARRIVES_MS): Promise<T> {
    const kept = this.#kept.shift();
    if (kept !== undefined) return Promise.resolve(kept);
    return new Promise((resolve, reject) => {
      const taker = (thing: T): void => {
        clearTimeout(timer);
        resolve(thing);
      };
      const timer = setTimeout(() => {
        this.#takers.splice(this.#takers.indexOf(taker), 1);
        reject(new Error(`${this.what} did not arrive within ${withinMs} ms`));
      }, withinMs);
      this.#takers.push(taker);
    });
  }
}

const LOOK_MS = 25;

/** Looks again and again, until it is so; throws when it is not within `withinMs`. */
export async function eventually<T>(
  look: () => Promise<T | undefined> | T | undefined,
  withinMs: number,
  what: string,
): Promise<T> {
  for (const deadline = performance.now() + withinMs; ; await pause(LOOK_MS)) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`${what} was not so within ${withinMs} ms`);
  }
}

export const silence = prompt('silence');
