import type { Stores } from '../../ports/stores.js';
import { openActionStore } from './action-store.js';
import { openAttemptStore } from './attempt-store.js';
import { openCentralistStore } from './centralist-store.js';
import { openCallbackStore } from './callback-store.js';
import type { Database } from './database.js';
import { openEventStore } from './event-store.js';
import { openInboundStore } from './inbound-store.js';
import { JsonColumns } from './json-columns.js';
import type { BadValue } from './migrations.js';
import { openParticipantStore } from './participant-store.js';
import { openPostcodeStore } from './postcode-store.js';
import { asProblem, withProblems } from './problems.js';
import { openRecordingStore } from './recording-store.js';
import { openTipStore } from './tip-store.js';
import { openTraceStore } from './trace-store.js';

/**
 * All stores on one open database. Closing the stores closes the database. Calls `onBad` once for each
 * unreadable value.
 */
export function openStores(db: Database, onBad: (bad: BadValue) => void = () => undefined): Stores {
  const json = new JsonColumns(onBad);
  for (const loose of db.looseReferences) json.report(loose);
  const reporting = <S extends object>(store: S): S =>
    withProblems(store, (problem) => {
      db.noteFailure(problem);
    });
  return {
    participants: reporting(openParticipantStore(db)),
    postcodes: reporting(openPostcodeStore(db)),
    centralists: reporting(openCentralistStore(db)),
    actions: reporting(openActionStore(db, json)),
    attempts: reporting(openAttemptStore(db)),
    inbound: reporting(openInboundStore(db)),
    tips: reporting(openTipStore(db)),
    callbacks: reporting(openCallbackStore(db)),
    recordings: reporting(openRecordingStore(db)),
    events: reporting(openEventStore(db, json)),
    traces: reporting(openTraceStore(db)),
    codeKey: db.codeKey,
    instanceId: db.instanceId,
    together: (work) => {
      try {
        return db.together(work);
      } catch (error) {
        const problem = asProblem(error);
        if (problem !== error) db.noteFailure(problem);
        throw problem;
      }
    },
    healthy: () => db.writable(),
    blockedBy: () => db.blockedBy(),
    onBlocked: (listener) => db.onBlocked(listener),
    close() {
      db.close();
    },
  };
}
