import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeALaw, encodeALaw } from '../../../src/adapters/speech/g711.js';
import type { Samples } from '../../../src/phonenet/index.js';
import { digest, readMessage, tagOf, token, writeMessage, type SipMessage } from './sip-message.js';

const HOST = '127.0.0.1';
/** RFC 3261 17.1: the first retransmission is sent after T1, and the interval doubles each time. */
const T1_MS = 500;
const SILENCE_MS = 8_000;
/** Payload types (RFC 3551), and the length of a packet of 20 ms. */
const [PCMA, COMFORT_NOISE] = [8, 13];
/** The payload type of RFC 4733 events in the SDP of the peer. */
const TELEPHONE_EVENT = 101;
const BYTES_A_MS = 8;
const PACKET_BYTES = 160;
const PACKET_MS = PACKET_BYTES / BYTES_A_MS;

export interface PeerAccount {
  readonly username: string;
  readonly password: string;
}

/**
 * A bare SIP user agent over UDP, as a softphone or as an operator. It does exactly what a test says, and
 * shows every message that it received. It records the media that it receives, and sends media only when a
 * test has it speak.
 */
export interface SipPeer {
  readonly port: number;
  /** Every message that arrived, in order. */
  readonly received: readonly SipMessage[];
  /** Sends a request outside any dialog. Resolves with the final response. */
  request(method: string, user: string, headers?: readonly (readonly [string, string])[]): Promise<SipMessage>;
  /**
   * Registers for this many seconds, or unregisters for 0. Resolves with the final status.
   * @param server the domain in the request; default: the server that the request is sent to
   */
  register(seconds: number, server?: string): Promise<number>;
  /** Sends an INVITE. Resolves with the final response, and with the dialog when the call was answered. */
  invite(options: InviteOptions): Promise<Invited>;
  /**
   * Sends the last INVITE outside a dialog once more, unchanged or with another branch. Waits for no answer.
   * Returns its Call-ID.
   */
  repeatInvite(branch?: string): string;
  /** The sound that it has received so far, in order. The silence between calls is left out. */
  heard(): Samples;
  /** The answer to requests in its calls; undefined for none, as from a telephone that has lost its power. */
  inCall: string | undefined;
  /** Answers the next call that rings this peer, at once. */
  answersNext(): Promise<Dialog>;
  /**
   * Resolves with the next call that rings this peer. The peer sends `180 Ringing` at once, or nothing
   * (`silent`).
   */
  ringsNext(how?: 'ringing' | 'silent'): Promise<Ringing>;
  /** Resolves with the first message that fits, which may have arrived already. Rejects after `withinMs`. */
  until(fits: (message: SipMessage) => boolean, withinMs: number, what: string): Promise<SipMessage>;
  /** Closes the sockets, and sends nothing: the peer vanishes. Safe to repeat. */
  close(): void;
}

export interface InviteOptions {
  /** The whole Request-URI. */
  readonly uri?: string;
  /** The user part of the Request-URI, where `uri` is left out. */
  readonly user?: string;
  /** The user part of From; default: that of the account. */
  readonly from?: string;
  /** The whole value of From, without its tag. */
  readonly fromValue?: string;
  /** The whole value of To. */
  readonly to?: string;
  /** The whole value of Contact; default: the address of the peer. */
  readonly contact?: string;
  /** Additional headers. */
  readonly headers?: readonly (readonly [string, string])[];
  /** Hangs up as soon as the call is answered. */
  readonly hangUp?: boolean;
  /** Sends no ACK, however often the answer is repeated. */
  readonly loseAck?: boolean;
}

export interface Invited {
  readonly response: SipMessage;
  readonly dialog: Dialog | undefined;
}

/** A call that rings the peer. */
export interface Ringing {
  readonly invite: SipMessage;
  /** Sends a provisional response, such as `180 Ringing`. */
  progress(status: string): void;
  answer(): Dialog;
  /** Sends a final response that refuses the call, such as `486 Busy Here`. */
  refuse(status: string): void;
  /** Resolves with the CANCEL, after it was answered as in RFC 3261 9.2. */
  readonly cancelled: Promise<SipMessage>;
}

/** The first reaction of the peer to a call that rings it. */
type Reaction = 'ringing' | 'silent' | 'answer';

/** A call of the peer that was answered. */
export interface Dialog {
  readonly callId: string;
  /** The value of a Replaces header (RFC 3891), with the tags as the other end sees them. */
  readonly replaces: string;
  /** Presses a key by RFC 4733. Resolves when the key is released. */
  press(key: string, ms?: number): Promise<void>;
  /**
   * Presses keys by RFC 4733 whose packets are sent all at once, as when the network or a busy machine has
   * held them up. The timestamps still say that the keys were pressed `gapMs` apart.
   */
  pressLate(keys: string, gapMs: number, ms?: number): void;
  /** Presses a key by SIP INFO, with a body of this type. Resolves with the final response. */
  info(key: string, body: 'dtmf' | 'dtmf-relay', ms?: number): Promise<SipMessage>;
  /** Sends a request in the dialog. Resolves with the final response. */
  request(method: string, headers?: readonly (readonly [string, string])[], body?: string): Promise<SipMessage>;
  /**
   * Sends a re-INVITE: `sendonly` puts the other side on hold, `sendrecv` takes it off hold. Waits for the
   * ACK of the first INVITE (RFC 3261 14.1), because Asterisk does not answer a re-INVITE that arrives before
   * it has sent that ACK.
   */
  offer(direction: 'sendonly' | 'sendrecv'): Promise<SipMessage>;
  /**
   * Sends these samples as media, 20 ms a packet, and no packet before or after. Resolves after the last
   * packet.
   */
  speak(samples: Samples): Promise<void>;
  /** Sends one comfort noise packet (RFC 3389). */
  comfortNoise(): void;
  hangUp(): Promise<void>;
  /** Resolves when the other side hangs up. */
  readonly over: Promise<void>;
}

export async function startPeer(
  server: { readonly host: string; readonly port: number },
  account?: PeerAccount,
  /** The address of the peer, in 127.0.0.0/8. */
  address = HOST,
): Promise<SipPeer> {
  const sip = await bound(address);
  const sound = await bound(address);
  return new Peer(sip, sound, `${server.host}:${server.port}`, server, account);
}

function bound(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, address, () => resolve(socket));
  });
}

class Peer implements SipPeer {
  readonly received: SipMessage[] = [];
  inCall: string | undefined = '200 OK';
  readonly #waiting = new Set<(message: SipMessage) => void>();
  readonly #dialogs = new Map<string, OpenDialog>();
  readonly #takers: { readonly how: Reaction; readonly take: (ringing: Ringing) => void }[] = [];
  /** The calls that ring, by Call-ID, each with the reaction to a CANCEL. */
  readonly #ringing = new Map<string, (cancel: SipMessage) => void>();
  #offers = 0;
  #closed = false;
  #lastInvite = '';
  readonly #registration = { callId: token(), tag: token(), cseq: 0 };

  readonly #sound: Buffer[] = [];

  constructor(
    private readonly socket: Socket,
    private readonly sound: Socket,
    readonly host: string,
    private readonly server: { readonly host: string; readonly port: number },
    private readonly account: PeerAccount | undefined,
  ) {
    socket.on('message', (packet) => {
      const message = readMessage(packet);
      if (message) this.#take(message);
    });
    sound.on('message', (packet) => {
      // RFC 3550 5.1: the header has twelve bytes, and the second one holds the payload type.
      if (((packet[1] ?? 0) & 0x7f) === PCMA) this.#sound.push(packet.subarray(12));
    });
  }

  heard(): Samples {
    return Float32Array.from(decodeALaw(Buffer.concat(this.#sound)), (sample) => sample / 32_768);
  }

  get port(): number {
    return this.socket.address().port;
  }

  get address(): string {
    return this.socket.address().address;
  }

  get contact(): string {
    return `<sip:${this.account?.username ?? 'peer'}@${this.address}:${this.port}>`;
  }

  async register(seconds: number, server = this.host): Promise<number> {
    const { callId, tag } = this.#registration;
    const self = `<sip:${this.account?.username ?? 'peer'}@${server}>`;
    const { status } = await this.transact('REGISTER', `sip:${server}`, () => [
      ['From', `${self};tag=${tag}`],
      ['To', self],
      ['Call-ID', callId],
      ['CSeq', `${++this.#registration.cseq} REGISTER`],
      ['Contact', this.contact],
      ['Expires', String(seconds)],
    ]);
    return status ?? 0;
  }

  request(method: string, user: string, headers: readonly (readonly [string, string])[] = []): Promise<SipMessage> {
    const [self, callId] = [`<sip:${this.account?.username ?? user}@${this.host}>`, token()];
    let cseq = 0;
    return this.transact(method, `sip:${user}@${this.host}`, () => [
      ['From', `${self};tag=${callId}`],
      ['To', `<sip:${user}@${this.host}>`],
      ['Call-ID', callId],
      ['CSeq', `${++cseq} ${method}`],
      ['Contact', this.contact],
      ...headers,
    ]);
  }

  async invite(options: InviteOptions): Promise<Invited> {
    const uri = options.uri ?? `sip:${options.user ?? ''}@${this.host}`;
    const [callId, tag] = [token(), token()];
    let cseq = 0;
    const self = options.fromValue ?? `<sip:${options.from ?? this.account?.username ?? '0612345678'}@${this.host}>`;
    const from = `${self};tag=${tag}`;
    const to = options.to ?? `<sip:${this.host}>`;
    const response = await this.transact(
      'INVITE',
      uri,
      () => [
        ['From', from],
        ['To', to],
        ['Call-ID', callId],
        ['CSeq', `${++cseq} INVITE`],
        ['Contact', options.contact ?? this.contact],
        ...(options.headers ?? []),
        ['Content-Type', 'application/sdp'],
      ],
      this.sdp('sendrecv'),
    );
    if (response.status !== 200) return { response, dialog: undefined };
    const dialog = new OpenDialog(this, callId, from, response.header('to'), remoteOf(response, uri), cseq);
    this.#dialogs.set(callId, dialog);
    dialog.soundPort = soundPortOf(response);
    if (!options.loseAck) dialog.ack(cseq);
    if (options.hangUp) await dialog.hangUp();
    return { response, dialog };
  }

  repeatInvite(branch?: string): string {
    const text = this.#lastInvite;
    this.send(branch === undefined ? text : text.replace(/branch=[^;\s]+/, `branch=${branch}`));
    return readMessage(Buffer.from(text))?.header('call-id') ?? '';
  }

  async answersNext(): Promise<Dialog> {
    return (await this.#next('answer')).answer();
  }

  ringsNext(how: 'ringing' | 'silent' = 'ringing'): Promise<Ringing> {
    return this.#next(how);
  }

  #next(how: Reaction): Promise<Ringing> {
    return new Promise((take) => this.#takers.push({ how, take }));
  }

  until(fits: (message: SipMessage) => boolean, withinMs: number, what: string): Promise<SipMessage> {
    const found = this.received.find(fits);
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const look = (message: SipMessage): void => {
        if (!fits(message)) return;
        done();
        resolve(message);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`${what} did not arrive within ${withinMs} ms`));
      }, withinMs);
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.socket.close();
    this.sound.close();
  }

  /**
   * Sends a request, and repeats it with credentials after a challenge. Acknowledges refusals. Resolves with
   * the final response.
   */
  async transact(
    method: string,
    uri: string,
    headers: () => readonly (readonly [string, string])[],
    body = '',
  ): Promise<SipMessage> {
    const first = await this.#once(method, uri, headers(), body);
    const challenge = first.header('www-authenticate') || first.header('proxy-authenticate');
    if ((first.status !== 401 && first.status !== 407) || challenge === '' || !this.account) return first;
    const name = first.status === 401 ? 'Authorization' : 'Proxy-Authorization';
    const proof = digest(challenge, { ...this.account, method, uri });
    return this.#once(method, uri, [...headers(), [name, proof]], body);
  }

  async #once(
    method: string,
    uri: string,
    headers: readonly (readonly [string, string])[],
    body: string,
  ): Promise<SipMessage> {
    const branch = `z9hG4bK${token()}`;
    const start = `${method} ${uri} SIP/2.0`;
    const via = ['Via', `SIP/2.0/UDP ${this.address}:${this.port};branch=${branch};rport`] as const;
    const text = writeMessage(start, [via, ['Max-Forwards', '70'], ...headers], body);
    // A request inside a dialog has a tag in To.
    const to = headers.find(([name]) => name === 'To')?.[1] ?? '';
    if (method === 'INVITE' && tagOf(to) === '') this.#lastInvite = text;
    const isAnswer = (message: SipMessage): boolean =>
      message.status !== undefined && message.header('via').includes(branch);
    const again = new AbortController();
    void this.#sendUntil(text, again.signal);
    try {
      const any = this.until(isAnswer, SILENCE_MS, `an answer to ${start}`);
      any.then(
        () => again.abort(),
        () => again.abort(),
      );
      await any;
      const final = (message: SipMessage): boolean => isAnswer(message) && (message.status ?? 0) >= 200;
      const response = await this.until(final, 40_000, `the final answer to ${start}`);
      if (method === 'INVITE' && response.status !== 200) {
        const kept = headers.filter(([name]) => ['From', 'Call-ID'].includes(name));
        const [, cseq = ''] = headers.find(([name]) => name === 'CSeq') ?? [];
        const ack = [via, ...kept, ['To', response.header('to')], ['CSeq', cseq.replace('INVITE', 'ACK')]] as const;
        this.send(writeMessage(`ACK ${uri} SIP/2.0`, [...ack, ['Max-Forwards', '70']]));
      }
      return response;
    } finally {
      again.abort();
    }
  }

  async #sendUntil(text: string, signal: AbortSignal): Promise<void> {
    for (let wait = T1_MS; !signal.aborted; wait *= 2) {
      this.send(text);
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  send(text: string): void {
    if (!this.#closed) this.socket.send(text, this.server.port, this.server.host);
  }

  sendSound(packet: Buffer, port: number): void {
    if (!this.#closed) this.sound.send(packet, port, this.server.host);
  }

  sdp(direction: string): string {
    const { port } = this.sound.address();
    return [
      'v=0',
      `o=peer ${port} ${++this.#offers} IN IP4 ${this.address}`,
      's=-',
      `c=IN IP4 ${this.address}`,
      't=0 0',
      `m=audio ${port} RTP/AVP 8 13 101`,
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:13 CN/8000',
      'a=rtpmap:101 telephone-event/8000',
      `a=${direction}`,
      '',
    ].join('\r\n');
  }

  #take(message: SipMessage): void {
    this.received.push(message);
    for (const look of [...this.#waiting]) look(message);
    if (message.method === undefined) return;
    const callId = message.header('call-id');
    const dialog = this.#dialogs.get(callId);
    if (message.method === 'ACK') {
      dialog?.acknowledged();
      return;
    }
    // This INVITE is a retransmission: it was sent before our answer arrived, and is already answered.
    if (message.method === 'INVITE' && (dialog || this.#ringing.has(callId)) && tagOf(message.header('to')) === '')
      return;
    if (message.method === 'INVITE' && !dialog) this.#rung(message);
    else if (message.method === 'CANCEL') this.#ringing.get(callId)?.(message);
    else if (this.inCall !== undefined) {
      const offers = message.method === 'INVITE' || (message.method === 'UPDATE' && message.body !== '');
      this.respond(message, this.inCall, offers && this.inCall.startsWith('200') ? this.sdp('sendrecv') : '');
    }
    if (message.method === 'BYE') dialog?.ended();
  }

  /** A call rings the peer. When no test waits for a call, the peer is busy. */
  #rung(message: SipMessage): void {
    const to = `${message.header('to')};tag=${token()}`;
    const taker = this.#takers.shift();
    if (!taker) {
      this.respond(message, '486 Busy Here', '', to);
      return;
    }
    const callId = message.header('call-id');
    const refuse = (status: string): void => {
      if (this.#ringing.delete(callId)) this.respond(message, status, '', to);
    };
    const cancelled = new Promise<SipMessage>((resolve) => {
      this.#ringing.set(callId, (cancel) => {
        this.respond(cancel, '200 OK', '', to);
        refuse('487 Request Terminated');
        resolve(cancel);
      });
    });
    const progress = (status: string): void => {
      this.respond(message, status, '', to);
    };
    const answer = (): Dialog => {
      this.#ringing.delete(callId);
      const dialog = new OpenDialog(this, callId, to, message.header('from'), remoteOf(message, ''), 0);
      this.#dialogs.set(callId, dialog);
      dialog.soundPort = soundPortOf(message);
      void this.#answerUntil(dialog.confirmed, message, to);
      return dialog;
    };
    if (taker.how === 'ringing') progress('180 Ringing');
    taker.take({ invite: message, progress, answer, refuse, cancelled });
  }

  /** RFC 3261 13.3.1.4: the answer is repeated until it is acknowledged. */
  async #answerUntil(confirmed: Promise<void>, invite: SipMessage, to: string): Promise<void> {
    const done = new AbortController();
    void confirmed.then(() => done.abort());
    const sdp = this.sdp('sendrecv');
    for (let wait = T1_MS; !done.signal.aborted && wait <= 16 * T1_MS; wait *= 2) {
      this.respond(invite, '200 OK', sdp, to);
      await pause(wait, undefined, { signal: done.signal, ref: false }).catch(() => undefined);
    }
  }

  respond(request: SipMessage, status: string, body = '', to = request.header('to')): void {
    const via = request.headers('via').map((value) => ['Via', value] as const);
    const same = (['From', 'Call-ID', 'CSeq'] as const).map(
      (name) => [name, request.header(name.toLowerCase())] as const,
    );
    const type = body === '' ? [] : [['Content-Type', 'application/sdp'] as const];
    this.send(
      writeMessage(`SIP/2.0 ${status}`, [...via, ...same, ['To', to], ['Contact', this.contact], ...type], body),
    );
  }
}

const soundPortOf = ({ body }: SipMessage): number => Number(/m=audio (\d+)/.exec(body)?.[1] ?? 0);

const remoteOf = (message: SipMessage, otherwise: string): string =>
  /<([^>]+)>/.exec(message.header('contact'))?.[1] ?? otherwise;

class OpenDialog implements Dialog {
  /** The port at which the other side receives media. */
  soundPort = 0;
  #sequence = 0;
  #end = (): void => undefined;
  #confirm = (): void => undefined;
  /** Resolves when the INVITE of this call was acknowledged, by the side that sent it. */
  readonly confirmed = new Promise<void>((resolve) => {
    this.#confirm = resolve;
  });
  readonly over = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  constructor(
    private readonly peer: Peer,
    readonly callId: string,
    private readonly own: string,
    private readonly other: string,
    private readonly target: string,
    private cseq: number,
  ) {}

  get replaces(): string {
    return `${this.callId};to-tag=${tagOf(this.other)};from-tag=${tagOf(this.own)}`;
  }

  request(method: string, headers: readonly (readonly [string, string])[] = [], body = ''): Promise<SipMessage> {
    return this.peer.transact(
      method,
      this.target,
      () => {
        this.cseq += 1;
        return [...this.#headers(method), ...headers];
      },
      body,
    );
  }

  async offer(direction: 'sendonly' | 'sendrecv'): Promise<SipMessage> {
    await this.confirmed;
    const type = [['Content-Type', 'application/sdp']] as const;
    const response = await this.request('INVITE', type, this.peer.sdp(direction));
    if (response.status === 200) this.ack(this.cseq);
    return response;
  }

  async speak(samples: Samples): Promise<void> {
    const began = performance.now();
    const payload = encodeALaw(Int16Array.from(samples, (sample) => sample * 32_767));
    for (let sent = 0; sent < payload.length;) {
      // A timer that fires late sends several packets, as a sound card does.
      const due = Math.min(payload.length, (performance.now() - began) * BYTES_A_MS + PACKET_BYTES);
      for (; sent < due; sent += PACKET_BYTES) this.#packet(PCMA, payload.subarray(sent, sent + PACKET_BYTES));
      await pause(PACKET_BYTES / BYTES_A_MS);
    }
  }

  comfortNoise(): void {
    this.#packet(COMFORT_NOISE, Buffer.from([60]));
  }

  async press(key: string, ms = 100): Promise<void> {
    const began = performance.now();
    for (let sent = 0; sent < ms; sent += PACKET_MS) {
      this.#key(key, began, sent + PACKET_MS);
      await pause(Math.max(0, began + sent + PACKET_MS - performance.now()));
    }
    // RFC 4733 2.5.1.4: the end of the event is sent three times.
    for (let n = 0; n < 3; n++) this.#key(key, began, ms, true);
  }

  pressLate(keys: string, gapMs: number, ms = 100): void {
    const now = performance.now();
    [...keys].forEach((key, index) => {
      const began = now - (keys.length - index) * (ms + gapMs);
      for (let sent = PACKET_MS; sent <= ms; sent += PACKET_MS) this.#key(key, began, sent);
      for (let n = 0; n < 3; n++) this.#key(key, began, ms, true);
    });
  }

  /**
   * RFC 4733 2.3: event, end bit and volume, duration. Every packet of a key has the timestamp of its
   * beginning.
   */
  #key(key: string, began: number, lasted: number, end = false): void {
    const payload = Buffer.from(['0123456789*#ABCD'.indexOf(key), (end ? 0x80 : 0) | 10, 0, 0]);
    payload.writeUInt16BE(lasted * BYTES_A_MS, 2);
    this.#packet(TELEPHONE_EVENT, payload, began);
  }

  info(key: string, body: 'dtmf' | 'dtmf-relay', ms = 100): Promise<SipMessage> {
    const type = [['Content-Type', `application/${body}`]] as const;
    return this.request('INFO', type, body === 'dtmf' ? key : `Signal=${key}\r\nDuration=${ms}\r\n`);
  }

  #packet(type: number, payload: Uint8Array, at = performance.now()): void {
    const header = Buffer.alloc(12);
    header.writeUInt8(0x80, 0);
    header.writeUInt8(type, 1);
    header.writeUInt16BE(this.#sequence & 0xffff, 2);
    // The timestamp advances with time, also while nothing is sent (RFC 3550 5.1).
    header.writeUInt32BE(Math.floor(at * BYTES_A_MS) >>> 0, 4);
    header.writeUInt32BE(0x4321, 8);
    this.#sequence += 1;
    this.peer.sendSound(Buffer.concat([header, payload]), this.soundPort);
  }

  async hangUp(): Promise<void> {
    await this.request('BYE');
    this.#end();
  }

  ended(): void {
    this.#end();
  }

  acknowledged(): void {
    this.#confirm();
  }

  ack(cseq: number): void {
    this.#confirm();
    const via = ['Via', `SIP/2.0/UDP ${this.peer.address}:${this.peer.port};branch=z9hG4bK${token()};rport`] as const;
    const headers = [via, ['Max-Forwards', '70'] as const, ...this.#headers('ACK', cseq)];
    this.peer.send(writeMessage(`ACK ${this.target} SIP/2.0`, headers));
  }

  #headers(method: string, cseq = this.cseq): (readonly [string, string])[] {
    return [
      ['From', this.own],
      ['To', this.other],
      ['Call-ID', this.callId],
      ['CSeq', `${cseq} ${method}`],
      ['Contact', this.peer.contact],
    ];
  }
}
