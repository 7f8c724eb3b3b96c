import { createSocket, type Socket } from 'node:dgram';
import { readMessage, token, writeMessage, type SipMessage } from './sip-message.js';

const HOST = '127.0.0.1';
/** The operator challenges the first request, as operators do, and accepts any password. */
export const ACCEPTS = 'accepts';
const PASSWORD_ASKED = '401 Unauthorized';

/** The answer of an operator to a request; undefined for no answer. */
export type Answer = string | undefined;

/** An operator that answers each kind of request as a test sets it, until the test sets it again. */
export class OperatorPeer {
  /** Every request that came in, in order. */
  readonly requests: SipMessage[] = [];
  /** {@link ACCEPTS}, or a status line. */
  register: Answer = ACCEPTS;
  /** The time for which a registration is granted. */
  grantedSeconds = 300;
  options: Answer = '200 OK';
  /** The answers to an INVITE, one after another; or a function that gives the answers to one INVITE. */
  invite: readonly string[] | ((invite: SipMessage) => readonly string[]) = ['486 Busy Here'];
  readonly #waiting = new Set<() => void>();
  #closed = false;

  private constructor(private readonly socket: Socket) {
    socket.on('message', (packet, from) => {
      const message = readMessage(packet);
      if (message?.method === undefined || message.method === 'ACK') return;
      this.requests.push(message);
      for (const look of [...this.#waiting]) look();
      for (const status of this.#answers(message)) this.#respond(message, status, from.port);
    });
  }

  static async start(): Promise<OperatorPeer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, HOST, resolve);
    });
    return new OperatorPeer(socket);
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: HOST, port: this.socket.address().port };
  }

  /** Resolves when a request of this method has arrived. */
  received(method: string): Promise<void> {
    return this.requests.some((one) => one.method === method) ? Promise.resolve() : this.more(method, 1);
  }

  /** Resolves when `count` more requests of this method have arrived. A retransmission counts again. */
  more(method: string, count: number, withinMs = 30_000): Promise<void> {
    const arrived = (): number => this.requests.filter((one) => one.method === method).length;
    const enough = arrived() + count;
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const look = (): void => {
        if (arrived() < enough) return;
        done();
        resolve();
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`only ${arrived()} of ${enough} ${method} arrived within ${withinMs} ms`));
      }, withinMs);
      this.#waiting.add(look);
    });
  }

  /** Safe to repeat. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.socket.close();
  }

  #answers(message: SipMessage): readonly string[] {
    const orNone = (status: Answer): readonly string[] => (status === undefined ? [] : [status]);
    switch (message.method) {
      case 'REGISTER':
        if (this.register !== ACCEPTS) return orNone(this.register);
        return message.header('authorization') === '' ? [PASSWORD_ASKED] : ['200 OK'];
      case 'OPTIONS':
        return orNone(this.options);
      case 'INVITE':
        return typeof this.invite === 'function' ? this.invite(message) : this.invite;
      default:
        return ['200 OK'];
    }
  }

  #respond(request: SipMessage, status: string, port: number): void {
    const same = (['From', 'Call-ID', 'CSeq'] as const).map(
      (name) => [name, request.header(name.toLowerCase())] as const,
    );
    const registers = request.method === 'REGISTER';
    const more: (readonly [string, string])[] = [];
    if (/^40[17]/.test(status)) {
      const name = status.startsWith('401') ? 'WWW-Authenticate' : 'Proxy-Authenticate';
      more.push([name, `Digest realm="operator", nonce="${token()}", algorithm=MD5, qop="auth"`]);
    }
    if (status.startsWith('423')) more.push(['Min-Expires', '7200']);
    if (registers && status.startsWith('200'))
      more.push(['Contact', `${request.header('contact')};expires=${this.grantedSeconds}`]);
    const headers = [
      ...request.headers('via').map((value) => ['Via', value] as const),
      ...same,
      ['To', `${request.header('to')};tag=operator`] as const,
      ...more,
    ];
    if (!this.#closed) this.socket.send(writeMessage(`SIP/2.0 ${status}`, headers), port, HOST);
  }
}
