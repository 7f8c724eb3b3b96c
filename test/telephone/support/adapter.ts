import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAriAddress, type AriAddress } from '../../../src/adapters/asterisk/ari/address.js';
import type { AsteriskTelephony } from '../../../src/adapters/asterisk/asterisk-telephony.js';
import type { PromptName } from '../../../src/domain/messages.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import type { Call, CallId } from '../../../src/ports/call.js';
import type { DeskCall, IncomingCall, TransferRequest } from '../../../src/ports/telephony.js';
import { isAnswered } from '../../../src/ports/telephony.js';
import { readSound, wavOf, type PhoneCall, type Samples } from '../../../src/phonenet/index.js';
import { toneMarked, toneMarks, type MarkTone } from '../../../src/phonenet/listening/tone-marks.js';
import { startAriProxy, type AriProxy } from './ari-proxy.js';
import { eventually } from './eventually.js';
import { Inbox } from './inbox.js';
import { SOUNDS, startPair, type Pair, type PairOptions } from './pair.js';
import { startPeer, type PeerAccount, type SipPeer } from './sip-peer.js';
import { telephonyOf } from './telephony.js';

/** Events that the adapter delivered, each kept until a test takes it. */
export interface Arrivals {
  readonly incoming: Inbox<IncomingCall>;
  readonly desk: Inbox<DeskCall>;
  readonly transfers: Inbox<{ readonly centralist: CallId; readonly request: TransferRequest }>;
  readonly registrations: Inbox<{ readonly username: string; readonly registered: boolean }>;
}

export interface DeskAccount {
  readonly username: string;
  readonly password: string;
  /** `host:port` of our Asterisk. */
  readonly server: string;
}

/** A bare SIP peer that is registered as the softphone of a centralist. */
export interface BareSoftphone {
  readonly account: DeskAccount;
  readonly username: string;
  readonly peer: SipPeer;
}

/**
 * The Asterisk adapter on a real Asterisk, with a phone network behind the trunk and none of our application
 * above the adapter.
 */
export interface Adapter {
  readonly pair: Pair;
  readonly telephony: AsteriskTelephony;
  readonly arrivals: Arrivals;
  /** Disturbs the link to Asterisk; undefined unless `proxied` was asked for. */
  readonly proxy: AriProxy | undefined;
  /** The folder in which Asterisk keeps recordings. */
  readonly recordings: string;
  newId(): CallId;
  /** Provisions the account of a centralist. */
  desk(extension: string): Promise<DeskAccount>;
  /** A bare SIP peer of our Asterisk, closed by `stop`. */
  peer(account?: PeerAccount): Promise<SipPeer>;
  /** A registered bare SIP peer with the account of a centralist, closed by `stop`. */
  softphone(extension: string): Promise<BareSoftphone>;
  /**
   * Rings a number or a softphone. Resolves with the answered call. A softphone that cannot be rung is tried
   * again once it is registered, because on a busy machine it may answer Asterisk's OPTIONS late, and is then
   * unreachable until it answers the next one.
   */
  reach(to: { readonly number: string } | { readonly username: string }): Promise<Call>;
  /** A sound of tones that a citizen or a softphone can play: a path without extension. */
  says(tones: readonly MarkTone[], lengths?: { readonly toneMs: number; readonly gapMs: number }): Promise<string>;
  heard(call: PhoneCall): Promise<Samples>;
  /** The tones that the far end heard in a call, in Hz. */
  tonesHeard(call: PhoneCall): Promise<readonly number[]>;
  samples(name: PromptName): Promise<Samples>;
  /** Closes this controller and starts another. Calls stay up in Asterisk. */
  restart(): Promise<void>;
  /** Closes the controller. Asterisk keeps running. */
  leave(): Promise<void>;
  stop(): Promise<void>;
}

export interface AdapterOptions extends PairOptions {
  /** Softphones must encrypt their media. */
  readonly srtp?: boolean;
  /** How often the media packets of trunk calls are counted, ms; by default as in the service. */
  readonly silenceCountMs?: number;
  /** The controller gets copies of SIP messages, as it does from an Asterisk that it started itself. */
  readonly copies?: boolean;
  /** The link to Asterisk goes through `proxy`. */
  readonly proxied?: boolean;
}

const ATTEMPTS = 3;
const REGISTERED_SECONDS = 300;

export async function startAdapter({
  srtp = false,
  copies = false,
  proxied = false,
  silenceCountMs,
  ...options
}: AdapterOptions = {}): Promise<Adapter> {
  const pair = await startPair(options);
  const { hostname: host, port } = new URL(pair.asterisk.address.httpUrl);
  const proxy = proxied ? await startAriProxy({ host, port: Number(port) }) : undefined;
  const { username, password } = pair.asterisk.address;
  const address = proxy ? parseAriAddress(proxy.url(username, password)) : pair.asterisk.address;
  const folder = await mkdtemp(join(tmpdir(), 'bn-adapter-'));
  const recordings = join(pair.asterisk.folders.spool, 'recording');
  const arrivals: Arrivals = {
    incoming: new Inbox('a call to the tip line'),
    desk: new Inbox('a call of a centralist'),
    transfers: new Inbox('a transfer'),
    registrations: new Inbox('a registration'),
  };
  const peers: SipPeer[] = [];
  let [ids, sounds] = [0, 0];
  let telephony = await opened(pair, recordings, arrivals, { address, srtp, copies, silenceCountMs });
  const adapter: Adapter = {
    pair,
    get telephony() {
      return telephony;
    },
    arrivals,
    proxy,
    recordings,
    newId: () => `adapter-${++ids}`,
    desk: async (extension) => {
      const account = { username: `desk-${extension}-ab12cd`, password: `secret-${extension}` };
      await telephony.provisionDesk({ ...account, displayName: `Centralist ${extension}` });
      return { ...account, server: `${pair.sip.host}:${pair.sip.port}` };
    },
    peer: async (account) => {
      const peer = await startPeer(pair.sip, account);
      peers.push(peer);
      return peer;
    },
    softphone: async (extension) => {
      const account = await adapter.desk(extension);
      const peer = await adapter.peer(account);
      const status = await peer.register(REGISTERED_SECONDS);
      if (status !== 200) throw new Error(`Asterisk refuses to register extension ${extension}: ${status}`);
      return { account, username: account.username, peer };
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
          'the softphone is registered again',
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
      telephony = await opened(pair, recordings, arrivals, { address, srtp, copies, silenceCountMs });
    },
    stop: async () => {
      for (const peer of peers) peer.close();
      await telephony.close();
      await proxy?.close();
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
    address,
    srtp,
    copies,
    silenceCountMs,
  }: Pick<AdapterOptions, 'srtp' | 'copies'> & {
    readonly address: AriAddress;
    readonly silenceCountMs?: number | undefined;
  },
): Promise<AsteriskTelephony> {
  const telephony = telephonyOf('adapter-', {
    address,
    recordingsFolder,
    log: pair.log,
    srtp: srtp === true,
    silenceCountMs,
    ...(copies ? { sipTapPort: pair.asterisk.sipTapPort, sipPorts: [pair.sip.port] } : {}),
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
