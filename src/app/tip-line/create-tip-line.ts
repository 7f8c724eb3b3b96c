import type { Mixer } from '../../domain/personal-code.js';
import type { Simulation } from '../../domain/simulation.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Stores } from '../../ports/stores.js';
import type { Telephony } from '../../ports/telephony.js';
import type { ActionService } from '../actions/action-service.js';
import type { CallIds } from '../journal/call-ids.js';
import { CallerGuard } from './caller-limiter.js';
import type { Desks } from '../centralists/softphones.js';
import type { Dialer } from '../dialing/dialer.js';
import type { EventBook } from '../journal/event-journal.js';
import { Inbound } from './tip-line.js';
import { InboundBook } from './tip-journal.js';
import { LeftRecordings } from './offline-recordings.js';
import type { Lines } from '../dialing/trunk-lines.js';
import { PersonalCodes } from './personal-codes.js';
import { Reception } from './reception.js';
import { TipQueue } from './tip-queue.js';

export interface TipLineParts {
  readonly stores: Stores;
  readonly telephony: Telephony;
  readonly lines: Lines;
  readonly dialer: Dialer;
  readonly desks: Desks;
  readonly actions: Pick<ActionService, 'reached' | 'heardOut'>;
  readonly events: EventBook;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly mix: Mixer;
  /** Conversations are recorded, and both sides are told so. */
  readonly recordsTalks: boolean;
}

/** The tip line and what belongs to it. */
export interface TipLine {
  readonly inbound: Inbound;
  readonly queue: TipQueue;
  readonly codes: PersonalCodes;
  readonly leftRecordings: LeftRecordings;
}

/** Wires the parts of the tip line. */
export function createTipLine(parts: TipLineParts): TipLine {
  const { clock, lines } = parts;
  const queue = new TipQueue(parts);
  const codes = new PersonalCodes(parts);
  const book = new InboundBook(parts);
  const guard = new CallerGuard(clock, lines);
  const reception = new Reception({ ...parts, codes, book });
  const inbound = new Inbound({ ...parts, queue, book, guard, reception });
  return { inbound, queue, codes, leftRecordings: new LeftRecordings({ ...parts, book }) };
}
