import type { ActionService } from '../../src/app/actions/action-service.js';
import type { CallIds } from '../../src/app/journal/call-ids.js';
import { CallbackService } from '../../src/app/centralists/callbacks.js';
import { ServiceCodes } from '../../src/app/centralists/service-codes.js';
import { CentralistService } from '../../src/app/centralists/centralist-service.js';
import type { Softphones } from '../../src/app/centralists/softphones.js';
import type { Dialer } from '../../src/app/dialing/dialer.js';
import type { EventJournal } from '../../src/app/journal/event-journal.js';
import { GuessLimiter } from '../../src/app/access/guess-limiter.js';
import { ColleagueCalls } from '../../src/app/centralists/colleague-calls.js';
import type { TrunkLines } from '../../src/app/dialing/trunk-lines.js';
import { ActionsByPhone } from '../../src/app/centralists/actions-by-phone.js';
import { createParticipants } from '../../src/app/participants/participants.js';
import type { PinDigests } from '../../src/app/centralists/pin-digest.js';
import { Pins } from '../../src/app/centralists/pins.js';
import { RecordingService } from '../../src/app/messages/recording-service.js';
import { StartActionByPhone } from '../../src/app/centralists/start-action-by-phone.js';
import { Transfers, type TransfersTips } from '../../src/app/centralists/transfers.js';
import type { Loudness } from '../../src/domain/voice-level.js';
import type { Simulation } from '../../src/domain/simulation.js';
import type { Speech } from '../../src/ports/speech.js';
import type { Stores } from '../../src/ports/stores.js';
import type { FakeClock } from './fake-clock.js';
import type { FakeLog } from './fake-log.js';
import type { FakeTelephony } from './fake-telephony.js';

export interface DeskPartsOptions {
  readonly stores: Stores;
  readonly telephony: FakeTelephony;
  readonly desks: Softphones;
  readonly lines: TrunkLines;
  readonly dialer: Dialer;
  readonly actions: ActionService;
  readonly events: EventJournal;
  readonly ids: CallIds;
  readonly speech: Speech;
  readonly tips: TransfersTips;
  readonly simulation: Simulation | null;
  readonly clock: FakeClock;
  readonly log: FakeLog;
}

/** At once: the real ones take real time, in which the fake clock runs on. */
const DIGESTS: PinDigests = {
  digestOf: (pin) => `digest of ${pin}`,
  isOf: (digest, pin) => Promise.resolve(digest === `digest of ${pin}`),
};

/** The centralists' side, wired as the service wires it. */
export interface CentralistServiceParts {
  readonly pins: Pins;
  readonly desk: CentralistService;
  readonly callbacks: CallbackService;
  readonly internal: ColleagueCalls;
  readonly deskCalls: ServiceCodes;
  readonly recordings: RecordingService;
  /** Names of recordings that were not removed. */
  readonly kept: Set<string>;
  /** How loud every recording is; absent: it cannot be measured. */
  loudness: Loudness | undefined;
}

export function makeDesk(options: DeskPartsOptions): CentralistServiceParts {
  const { stores, telephony, desks, lines, dialer, actions, events, ids, speech, clock, log } = options;
  const kept = new Set<string>();
  const bytes = (name: string): Uint8Array | undefined => (kept.has(name) ? Buffer.from(name) : undefined);
  telephony.onRecorded = ({ name }) => void kept.add(name);
  const pins = new Pins({ centralists: stores.centralists, digests: DIGESTS, clock });
  const recordings = new RecordingService({
    recordings: stores.recordings,
    speech,
    shelf: { pathOf: () => '', msOf: () => 0, wavOf: () => Promise.resolve(undefined) },
    clock,
    readFile: (file) => Promise.resolve(bytes(file.replace(/\.wav$/, ''))),
  });
  const internal = new ColleagueCalls({ telephony, desks, ids, clock, log });
  const participants = createParticipants({ store: stores.participants, clock, codeOf: () => '' });
  const parts: CentralistServiceParts = {
    pins,
    kept,
    recordings,
    internal,
    loudness: { rms: -24, peak: -8 },
    desk: new CentralistService({
      centralists: stores.centralists,
      telephony,
      desks,
      pins,
      clock,
      log,
      guesses: new GuessLimiter({ clock, log }),
      sip: { server: '192.0.2.1:5060', transport: 'udp' },
    }),
    callbacks: new CallbackService({
      stores,
      telephony,
      desks,
      lines,
      dialer,
      events,
      ids,
      clock,
      log,
      callerId: { number: '08000011', name: 'Burgernet' },
      ringMs: 30_000,
      simulation: options.simulation,
    }),
    deskCalls: new ServiceCodes({
      telephony,
      desks,
      internal,
      offered: new ActionsByPhone({ stores, actions, speech, log }),
      spoken: new StartActionByPhone({ actions, participants, pins, recordings, speech, log }),
      files: {
        read: ({ name }) => Promise.resolve(bytes(name)),
        remove: ({ name }) => {
          kept.delete(name);
          return Promise.resolve();
        },
      },
      loudnessOf: () => {
        if (!parts.loudness) throw new Error('this is no wav');
        return parts.loudness;
      },
      ids,
      clock,
      log,
    }),
  };
  const transfers = new Transfers({ desks, internal, tips: options.tips, log });
  telephony.onTransfer((centralist, request) => {
    transfers.take(centralist, request);
  });
  telephony.onDeskCall((call) => {
    parts.deskCalls.take(call);
  });
  return parts;
}
