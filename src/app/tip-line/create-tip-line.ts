import type { Mixer } from '../../domain/personal-code.js';
import type { Simulation } from '../../domain/simulation.js';
import type { Clock } from '../../ports/clock.js';
import type { Log } from '../../ports/log.js';
import type { Stores } from '../../ports/stores.js';
import type { Conversations, InboundCalls, Takeover } from '../../ports/telephony.js';
import type { ActionService } from '../actions/action-service.js';
import type { CallIds } from '../journal/call-ids.js';
import { CallerLimiter } from './caller-limiter.js';
import type { Softphones } from '../centralists/softphones.js';
import type { Dialer } from '../dialing/dialer.js';
import type { EventJournal } from '../journal/event-journal.js';
import type { Journal } from '../journal/journal.js';
import { TipLine } from './tip-line.js';
import { TipJournal } from './tip-journal.js';
import { OfflineRecordings } from './offline-recordings.js';
import type { TrunkLines } from '../dialing/trunk-lines.js';
import { PersonalCodes } from './personal-codes.js';
import { Reception } from './reception.js';
import { TipQueue } from './tip-queue.js';

export interface CreateTipLineParts {
  readonly stores: Stores;
  readonly telephony: InboundCalls & Conversations & Takeover;
  readonly lines: TrunkLines;
  readonly dialer: Dialer;
  readonly softphones: Softphones;
  readonly actions: Pick<ActionService, 'reached' | 'heardOut'>;
  readonly events: EventJournal;
  readonly journal: Journal;
  readonly ids: CallIds;
  readonly clock: Clock;
  readonly log: Log;
  /** Null: calls go to a real operator. */
  readonly simulation: Simulation | null;
  readonly mix: Mixer;
  /** Conversations are recorded, and both sides are told so. */
  readonly recordsTalks: boolean;
}

/** The tip line and its parts that other modules need. */
export interface WiredTipLine {
  readonly inbound: TipLine;
  readonly queue: TipQueue;
  readonly codes: PersonalCodes;
  readonly offlineRecordings: OfflineRecordings;
}

/** Wires the parts of the tip line. */
export function createTipLine(parts: CreateTipLineParts): WiredTipLine {
  const { clock, lines } = parts;
  const queue = new TipQueue(parts);
  const codes = new PersonalCodes(parts);
  const tips = { ...parts, journal: new TipJournal(parts) };
  const limiter = new CallerLimiter(clock, lines);
  const reception = new Reception({ ...tips, codes });
  const inbound = new TipLine({ ...tips, queue, limiter, reception });
  return { inbound, queue, codes, offlineRecordings: new OfflineRecordings(tips) };
}
