import { scriptOf, type Step } from './town/scripts.js';

/** A call to the service, and the caller ID that it shows. */
export interface CallOptions {
  /** User part of From, in any notation: `0612345678`, `+31612345678`, `0031…`. */
  readonly from: string;
  /** Name in From. */
  readonly name?: string;
  /**
   * P-Asserted-Identity: a number in any notation, or a whole URI (`tel:+31…`, `sip:…`); none when left out.
   */
  readonly pai?: string;
  /** Withholds the number: From is anonymous, `Privacy: id` is added, and `from` is not shown. */
  readonly anonymous?: boolean;
  /** The dialled number; default the tip line, `08000011`. */
  readonly to?: string;
  /** The steps after the answer; default: listen. */
  readonly script?: readonly Step[];
  /** ms from the answer; default: until the service hangs up. */
  readonly hangUpAfterMs?: number;
  /** How long the call may ring, ms; default 60 s. */
  readonly ringMs?: number;
  /** The endpoint by which the call leaves; default: the trunk. */
  readonly by?: string;
}

/**
 * The body of ARI's `POST /channels/{id}`. One of its variables makes Asterisk write the call's first ledger
 * line.
 */
export function callOrder(
  options: CallOptions,
  network: { readonly ledger: string; readonly serviceHost: string; readonly now: number; readonly id: string },
): Readonly<Record<string, unknown>> {
  const { from, name, pai, anonymous = false, to = '08000011', hangUpAfterMs, ringMs = 60_000, by } = options;
  const limit: Step[] = hangUpAfterMs === undefined ? [] : [{ do: 'limit', ms: hangUpAfterMs }];
  const script = scriptOf([...limit, ...(options.script ?? [])]);
  const identity = pai === undefined ? undefined : `<${pai.includes(':') ? pai : `sip:${pai}@${network.serviceHost}`}>`;
  const line = [
    network.now,
    'call',
    network.id,
    encodeURIComponent(anonymous ? 'anonymous' : from),
    encodeURIComponent(identity ?? ''),
    encodeURIComponent(to),
  ];
  const shown = name === undefined ? '' : `"${name.replace(/["<>\r\n]/g, '')}" `;
  return {
    endpoint: `PJSIP/${to}@${by ?? (anonymous ? 'service-anonymous' : 'service')}`,
    context: 'caller',
    extension: 's',
    priority: 1,
    timeout: Math.ceil(ringMs / 1000),
    callerId: anonymous ? '"Anonymous" <anonymous>' : `${shown}<${from}>`,
    variables: {
      [`FILE(${network.ledger},,,al,u)`]: line.join('|'),
      'CHANNEL(hangup_handler_push)': 'caller-ended,s,1',
      NUMBER: anonymous ? 'anonymous' : from,
      SCRIPT: script,
      ...(identity === undefined ? {} : { 'PJSIP_HEADER(add,P-Asserted-Identity)': identity }),
      ...(anonymous ? { 'PJSIP_HEADER(add,Privacy)': 'id' } : {}),
    },
  };
}
