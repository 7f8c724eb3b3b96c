import { createSocket, type Socket } from 'node:dgram';
import { readMessage, tagOf, token, writeMessage, type SipMessage } from './sip-message.js';

const HOST = '127.0.0.1';
const PACKET_MS = 20;
/** The A-law code of silence. */
const SILENCE = 0xd5;
const [PCMA, COMFORT_NOISE] = [8, 13];

/** The behaviour of a telephone behind the operator. It answers at once; times count from its answer, ms. */
export interface FarTelephone {
  /** Sends media packets for this long, and then none; 0 sends none at all. */
  readonly speaksMs: number;
  /** Sends a comfort noise packet (RFC 3389) this often after that. */
  readonly comfortNoiseEveryMs?: number;
  /** Presses this key, by SIP INFO. */
  readonly presses?: { readonly digit: string; readonly atMs: number };
  /** Direction of the media in the answer; default `sendrecv`. */
  readonly direction?: 'recvonly' | 'sendrecv';
  /** Answers with the shortest session timer (RFC 4028), to be refreshed by our side. */
  readonly timer?: boolean;
  /** Refuses (422) session timers shorter than this many seconds; `always` refuses every session timer. */
  readonly refusesTimer?: number | 'always';
  /** The answer to requests in the call, BYE included; default `200 OK`. `nothing` sends no answer. */
  readonly inCall?: '481 Call Does Not Exist' | 'nothing';
}

/** One call to a far telephone. */
export interface FarCall {
  readonly number: string;
  readonly invite: SipMessage;
  /** The INVITE that was answered. After a 422 that is the second one of the call. */
  readonly answered: SipMessage | undefined;
  /** Requests in the call, without the ACK. */
  readonly requests: readonly SipMessage[];
  readonly answeredAt: number | undefined;
  /** When our side hung up. This time and `answeredAt` are of the monotonic clock, ms. */
  readonly endedAt: number | undefined;
  /** Media packets that it received. */
  readonly packets: number;
}

/**
 * An operator with telephones that do exactly what a test says: they have no SIP or RTP stack of their own.
 */
export interface FarTelephones {
  readonly port: number;
  /** The calls to numbers that end in these digits. */
  calls(number: string): readonly FarCall[];
  close(): void;
}

/** @param telephones by the last digits of their numbers; any other number is answered with 404 */
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
    const [, behaviour] = [...telephones].find(([digits]) => number.endsWith(digits)) ?? [];
    const call = new Call(number, message, behaviour, (text) => socket.send(text, from.port, from.address));
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
    private readonly behaviour: FarTelephone | undefined,
    private readonly send: (text: string) => void,
  ) {}

  async begin(invite: SipMessage, port: number): Promise<void> {
    const { behaviour } = this;
    this.#contact = `<sip:${this.number}@${HOST}:${port}>`;
    const offered = Number.parseInt(invite.header('session-expires'), 10);
    const offersTimer = !Number.isNaN(offered);
    if (!behaviour) return this.#respond(invite, '404 Not Found');
    const least = behaviour.refusesTimer === 'always' ? Infinity : (behaviour.refusesTimer ?? 0);
    if (offered < least)
      return this.#respond(invite, '422 Session Interval Too Small', [['Min-SE', String(Math.min(least, 7_200))]]);
    this.answered = invite;
    this.#sound = await bound();
    this.#sound.on('message', () => (this.packets += 1));
    const timer = [
      ['Require', 'timer'],
      ['Session-Expires', '90;refresher=uac'],
    ] as const;
    this.#respond(invite, '200 OK', behaviour.timer === true && offersTimer ? timer : [], this.#sdp());
    this.answeredAt = performance.now();
    this.#speak(behaviour);
    const { presses } = behaviour;
    if (presses) this.#after(presses.atMs, () => this.#press(presses.digit));
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
    const inCall = this.behaviour?.inCall ?? '200 OK';
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
        // A timer that fires late sends several packets, as a sound card does.
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
      `a=${this.behaviour?.direction ?? 'sendrecv'}`,
      '',
    ].join('\r\n');
  }
}
