import { createSocket, type Socket } from 'node:dgram';
import { readMessage, tagOf, token, writeMessage, type SipMessage } from './sip-message.js';

const HOST = '127.0.0.1';
const PACKET_MS = 20;
/** A-law for nothing. */
const SILENCE = 0xd5;
const [PCMA, COMFORT_NOISE] = [8, 13];

/** What a telephone behind the operator does once it is called. Times count from its answer. */
export interface FarTelephone {
  /** It sends sound for so long, and then no packet at all; 0 for none ever. */
  readonly speaksMs: number;
  /** After that it sends a packet of comfort noise (RFC 3389) this often. */
  readonly comfortNoiseEveryMs?: number;
  /** Presses this key by SIP INFO, so late. */
  readonly presses?: { readonly digit: string; readonly atMs: number };
  /** Direction of its sound in the answer; `sendrecv` when left out. */
  readonly direction?: 'recvonly' | 'sendrecv';
  /** Answers with a session timer (RFC 4028): the least there is, and we are to refresh it. */
  readonly timer?: boolean;
  /** Refuses a session timer shorter than this, in seconds (422); `always`: refuses any. */
  readonly refusesTimer?: number | 'always';
  /** How it answers requests in its call, BYE included; `200 OK` when left out, `nothing` for none. */
  readonly inCall?: '481 Call Does Not Exist' | 'nothing';
}

/** One call to one of them. */
export interface FarCall {
  readonly number: string;
  readonly invite: SipMessage;
  /** The INVITE that was answered: Asterisk sends another in the same call after a 422. */
  readonly answered: SipMessage | undefined;
  /** Requests in the call, the ACK left out. */
  readonly requests: readonly SipMessage[];
  readonly answeredAt: number | undefined;
  /** When our side hung up; monotonic ms, as the answer. */
  readonly endedAt: number | undefined;
  /** Packets of sound that it was sent. */
  readonly packets: number;
}

/** An operator with telephones behind it that do exactly what a test says, with no SIP or RTP stack of their own. */
export interface FarTelephones {
  readonly port: number;
  /** Calls to a number, each INVITE one. */
  calls(number: string): readonly FarCall[];
  close(): void;
}

/** Everybody who is called, by the last digits of the number; 404 for anybody else. */
export async function startFarTelephones(telephones: ReadonlyMap<string, FarTelephone>): Promise<FarTelephones> {
  const socket = await bound();
  const calls: Call[] = [];
  socket.on('message', (packet, from) => {
    const message = readMessage(packet);
    if (!message?.method) return;
    const known = calls.find(({ invite }) => invite.header('call-id') === message.header('call-id'));
    if (known) {
      if (message.header('cseq') !== known.invite.header('cseq')) known.take(message, socket.address().port);
      return;
    }
    if (message.method !== 'INVITE') return;
    const number = /sip:\+?(\d+)@/.exec(message.start)?.[1] ?? '';
    const [, does] = [...telephones].find(([digits]) => number.endsWith(digits)) ?? [];
    const call = new Call(number, message, does, (text) => socket.send(text, from.port, from.address));
    calls.push(call);
    void call.begin(message, socket.address().port);
  });
  return {
    port: socket.address().port,
    calls: (number) => calls.filter((call) => call.number.endsWith(number)),
    close: () => {
      socket.close();
      for (const call of calls) call.close();
    },
  };
}

function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, HOST, () => resolve(socket));
  });
}

class Call implements FarCall {
  readonly requests: SipMessage[] = [];
  readonly #tag = token();
  readonly #timers: NodeJS.Timeout[] = [];
  #sound: Socket | undefined;
  #contact = '';
  answered: SipMessage | undefined;
  answeredAt: number | undefined;
  endedAt: number | undefined;
  packets = 0;

  constructor(
    readonly number: string,
    readonly invite: SipMessage,
    private readonly does: FarTelephone | undefined,
    private readonly send: (text: string) => void,
  ) {}

  async begin(invite: SipMessage, port: number): Promise<void> {
    const { does } = this;
    this.#contact = `<sip:${this.number}@${HOST}:${port}>`;
    const offered = Number.parseInt(invite.header('session-expires'), 10);
    const offersTimer = !Number.isNaN(offered);
    if (!does) return this.#respond(invite, '404 Not Found');
    const least = does.refusesTimer === 'always' ? Infinity : (does.refusesTimer ?? 0);
    if (offered < least)
      return this.#respond(invite, '422 Session Interval Too Small', [['Min-SE', String(Math.min(least, 7_200))]]);
    this.answered = invite;
    this.#sound = await bound();
    this.#sound.on('message', () => (this.packets += 1));
    const timer = [
      ['Require', 'timer'],
      ['Session-Expires', '90;refresher=uac'],
    ] as const;
    this.#respond(invite, '200 OK', does.timer === true && offersTimer ? timer : [], this.#sdp());
    this.answeredAt = performance.now();
    this.#speak(does);
    if (does.presses) this.#after(does.presses.atMs, () => this.#press(does.presses?.digit ?? ''));
  }

  take(message: SipMessage, port: number): void {
    if (message.method === 'ACK') return;
    if (message.method === 'INVITE' && !this.answered) {
      void this.begin(message, port);
      return;
    }
    if (message.method === 'INVITE' && message.header('cseq') === this.answered?.header('cseq')) return;
    this.requests.push(message);
    if (message.method === 'BYE') {
      this.endedAt ??= performance.now();
      this.close();
    }
    const inCall = this.does?.inCall ?? '200 OK';
    if (inCall !== 'nothing') this.#respond(message, inCall, [], message.method === 'INVITE' ? this.#sdp() : '');
  }

  close(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.#sound?.close();
    this.#sound = undefined;
  }

  #after(ms: number, act: () => void): void {
    this.#timers.push(setTimeout(act, ms));
  }

  #speak({ speaksMs, comfortNoiseEveryMs }: FarTelephone): void {
    let sequence = 0;
    const packet = (type: number, bytes: number): void => {
      const [, port = '0'] = /m=audio (\d+)/.exec(this.invite.body) ?? [];
      const header = Buffer.alloc(12);
      header.writeUInt8(0x80, 0);
      header.writeUInt8(type, 1);
      header.writeUInt16BE(sequence & 0xffff, 2);
      header.writeUInt32BE(sequence * 160, 4);
      header.writeUInt32BE(0x1234, 8);
      sequence += 1;
      this.#sound?.send(Buffer.concat([header, Buffer.alloc(bytes, SILENCE)]), Number(port), HOST);
    };
    const began = performance.now();
    const next = (): void => {
      const passed = performance.now() - began;
      if (passed < speaksMs) {
        // Late timers are made up for, as a sound card does.
        while (sequence * PACKET_MS <= passed) packet(PCMA, 160);
        this.#after(PACKET_MS, next);
      } else if (comfortNoiseEveryMs !== undefined) {
        packet(COMFORT_NOISE, 1);
        this.#after(comfortNoiseEveryMs, next);
      }
    };
    next();
  }

  #press(digit: string): void {
    const [, target = ''] = /<([^>]+)>/.exec(this.invite.header('contact')) ?? [];
    const body = `Signal=${digit}\r\nDuration=160\r\n`;
    const headers = [
      [
        'Via',
        `SIP/2.0/UDP ${/:(\d+)>/.exec(this.#contact)?.[0].replace('>', '').replace(':', `${HOST}:`) ?? HOST};branch=z9hG4bK${token()};rport`,
      ],
      ['Max-Forwards', '70'],
      ['From', `${this.invite.header('to')};tag=${this.#tag}`],
      ['To', this.invite.header('from')],
      ['Call-ID', this.invite.header('call-id')],
      ['CSeq', '1 INFO'],
      ['Contact', this.#contact],
      ['Content-Type', 'application/dtmf-relay'],
    ] as const;
    this.send(writeMessage(`INFO ${target} SIP/2.0`, headers, body));
  }

  #respond(request: SipMessage, status: string, more: readonly (readonly [string, string])[] = [], body = ''): void {
    const to = request.header('to');
    const type = body === '' ? [] : [['Content-Type', 'application/sdp'] as const];
    const headers = [
      ...request.headers('via').map((value) => ['Via', value] as const),
      ['From', request.header('from')] as const,
      ['To', tagOf(to) === '' ? `${to};tag=${this.#tag}` : to] as const,
      ['Call-ID', request.header('call-id')] as const,
      ['CSeq', request.header('cseq')] as const,
      ['Contact', this.#contact] as const,
      ...more,
      ...type,
    ];
    this.send(writeMessage(`SIP/2.0 ${status}`, headers, body));
  }

  #sdp(): string {
    const port = this.#sound?.address().port ?? 9;
    return [
      'v=0',
      `o=far ${port} 1 IN IP4 ${HOST}`,
      's=-',
      `c=IN IP4 ${HOST}`,
      't=0 0',
      `m=audio ${port} RTP/AVP 8 13`,
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:13 CN/8000',
      `a=${this.does?.direction ?? 'sendrecv'}`,
      '',
    ].join('\r\n');
  }
}
