import type { Stores } from '../../ports/stores.js';
import { openActionStore } from './action-store.js';
import { openAttemptStore } from './attempt-store.js';
import { openCentralistStore } from './centralist-store.js';
import type { Database } from './database.js';
import { openEventStore } from './event-store.js';
import { openInboundStore } from './inbound-store.js';
import { openParticipantStore } from './participant-store.js';
import { openPostcodeStore } from './postcode-store.js';
import { withProblems } from './problems.js';
import { openRecordingStore } from './recording-store.js';
import { openTipStore } from './tip-store.js';
import { openTraceStore } from './trace-store.js';

/** All stores on one open database; closing them closes it. */
export function openStores(db: Database): Stores {
  return {
    participants: withProblems(openParticipantStore(db)),
    postcodes: withProblems(openPostcodeStore(db)),
    centralists: withProblems(openCentralistStore(db)),
    actions: withProblems(openActionStore(db)),
    attempts: withProblems(openAttemptStore(db)),
    inbound: withProblems(openInboundStore(db)),
    tips: withProblems(openTipStore(db)),
    recordings: withProblems(openRecordingStore(db)),
    events: withProblems(openEventStore(db)),
    traces: withProblems(openTraceStore(db)),
    instanceId: db.instanceId,
    healthy: () => db.writable(),
    close() {
      db.close();
    },
  };
}
