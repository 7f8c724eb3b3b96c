import { KEYS, type Key } from './town/scripts.js';

/**
 * A call on the simulated phone network, from the ledger that the network's Asterisk writes itself, one line
 * per event:
 *
 *   ms UTC | what | call | facts
 *
 * A line is written when the event happens, so the line is there even if a process is killed afterwards.
 */
export interface PhoneCall {
  readonly id: string;
  /** A citizen or softphone that was called, or a caller who called the service. */
  readonly kind: 'citizen' | 'desk' | 'caller';
  /** E.164 of a citizen; username of a softphone; the number that a caller showed. */
  readonly number: string;
  /** `unknown` when no citizen has the number. */
  readonly persona: string;
  /** Header From of the INVITE to a citizen or softphone. */
  readonly from: string;
  /** Header P-Asserted-Identity of the INVITE to a citizen or softphone; empty when there was none. */
  readonly assertedIdentity: string;
  readonly sipCallId: string;
  readonly requestUri: string;
  /** Times are ms UTC. */
  readonly invitedAt: number;
  readonly ringingAt: number | null;
  readonly earlyMediaAt: number | null;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  readonly pressed: readonly { readonly key: Key; readonly at: number; readonly releasedAt: number }[];
  /** Results of the transfers that this side asked for, as Asterisk names them: `SUCCESS`, `FAILURE`. */
  readonly transfers: readonly string[];
  /** ms UTC at which this side began to play each of its sounds. */
  readonly spokeAt: readonly number[];
  /** Null while the call lasts. `far` is the service. */
  readonly endedBy: 'far' | 'here' | null;
  /** The service cancelled the call before it was answered (CANCEL). */
  readonly cancelled: boolean;
  /** The SIP status with which the service refused a caller, such as 486. */
  readonly sipStatus: number | null;
  /**
   * File in the recordings folder with the sound that this side heard; null when the call was not answered.
   */
  readonly recording: string | null;
}

type Draft = { -readonly [K in keyof PhoneCall]: PhoneCall[K] } & {
  pressed: { key: Key; at: number; releasedAt: number }[];
  spokeAt: number[];
  transfers: string[];
};

/**
 * SendDTMF's pause after a key, ms. The ledger records the time after this pause
 * (`asterisk/extensions.conf`).
 */
const PAUSE_MS = 20;

/** Reads the ledger while it grows. Lines may arrive in pieces. */
export class LedgerReader {
  readonly #calls = new Map<string, Draft>();
  #rest = '';

  /** @param nameOf the softphone's username for an extension such as `desk1` */
  constructor(private readonly nameOf: (extension: string) => string = (extension) => extension) {}

  /** In the order in which they began. */
  get calls(): readonly PhoneCall[] {
    return [...this.#calls.values()];
  }

  get(id: string): PhoneCall | undefined {
    return this.#calls.get(id);
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const [time = '', what = '', id = '', ...facts] = line.split('|');
      const at = Number(time);
      if (!Number.isSafeInteger(at) || at === 0 || id === '') continue;
      this.#take(at, what, id, facts);
    }
  }

  #take(at: number, what: string, id: string, facts: readonly string[]): void {
    if (what === 'invite' || what === 'call') {
      this.#calls.set(id, what === 'invite' ? invited(id, at, facts, this.nameOf) : calling(id, at, facts));
      return;
    }
    const call = this.#calls.get(id);
    if (call === undefined) return;
    switch (what) {
      case 'ring':
        call.ringingAt ??= at;
        break;
      case 'progress':
        call.earlyMediaAt ??= at;
        break;
      case 'answer':
        call.answeredAt = at;
        call.recording = facts[0] ?? null;
        break;
      case 'press':
        press(call, at, facts);
        break;
      case 'play':
        call.spokeAt.push(at);
        break;
      case 'transfer':
        call.transfers.push(facts[0] ?? '');
        break;
      case 'end':
        end(call, at, facts);
        break;
    }
  }
}

/** The calls of a whole ledger. */
export function parseLedger(text: string, nameOf?: (extension: string) => string): readonly PhoneCall[] {
  const reader = new LedgerReader(nameOf);
  reader.add(text.endsWith('\n') ? text : `${text}\n`);
  return reader.calls;
}

function blank(id: string, kind: PhoneCall['kind'], number: string, invitedAt: number): Draft {
  return {
    id,
    kind,
    number,
    persona: kind,
    from: '',
    assertedIdentity: '',
    sipCallId: '',
    requestUri: '',
    invitedAt,
    ringingAt: null,
    earlyMediaAt: null,
    answeredAt: null,
    endedAt: null,
    pressed: [],
    spokeAt: [],
    transfers: [],
    endedBy: null,
    cancelled: false,
    sipStatus: null,
    recording: null,
  };
}

function invited(id: string, at: number, facts: readonly string[], nameOf: (extension: string) => string): Draft {
  const [extension = '', persona = '', from = '', identity = '', callId = '', uri = ''] = facts;
  const desk = extension.startsWith('desk');
  const call = blank(id, desk ? 'desk' : 'citizen', desk ? nameOf(extension) : `+${extension}`, at);
  call.persona = persona === '' ? 'unknown' : persona;
  call.from = decoded(from);
  call.assertedIdentity = decoded(identity);
  call.sipCallId = decoded(callId);
  call.requestUri = decoded(uri);
  return call;
}

function calling(id: string, at: number, [from = '', identity = '', uri = '']: readonly string[]): Draft {
  const call = blank(id, 'caller', decoded(from), at);
  call.from = decoded(from);
  call.assertedIdentity = decoded(identity);
  call.requestUri = decoded(uri);
  return call;
}

function press(call: Draft, at: number, [key = '', ms = '0']: readonly string[]): void {
  const known = KEYS.find((one) => one === key);
  const releasedAt = at - PAUSE_MS;
  if (known !== undefined) call.pressed.push({ key: known, at: releasedAt - Number(ms), releasedAt });
}

function end(call: Draft, at: number, [who = '', tech = '']: readonly string[]): void {
  call.endedAt = at;
  call.endedBy = who === 'here' ? 'here' : 'far';
  if (call.answeredAt !== null) return;
  if (call.kind !== 'caller') {
    call.cancelled = call.endedBy === 'far';
    return;
  }
  const status = Number(/SIP (\d{3})/.exec(decoded(tech))?.[1] ?? 0);
  if (status >= 300) call.sipStatus = status;
  // No final response came, so this side gave up.
  else call.endedBy = 'here';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
