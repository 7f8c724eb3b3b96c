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
 * All stores on one open database; closing them closes it. `onBad` is told of each value that cannot be read.
 */
export function openStores(db: Database, onBad: (bad: BadValue) => void = () => undefined): Stores {
  const json = new JsonColumns(onBad);
  for (const loose of db.looseReferences) json.tell(loose);
  const guarded = <S extends object>(store: S): S =>
    withProblems(store, (problem) => {
      db.noteTrouble(problem);
    });
  return {
    participants: guarded(openParticipantStore(db)),
    postcodes: guarded(openPostcodeStore(db)),
    centralists: guarded(openCentralistStore(db)),
    actions: guarded(openActionStore(db, json)),
    attempts: guarded(openAttemptStore(db)),
    inbound: guarded(openInboundStore(db)),
    tips: guarded(openTipStore(db)),
    callbacks: guarded(openCallbackStore(db)),
    recordings: guarded(openRecordingStore(db)),
    events: guarded(openEventStore(db, json)),
    traces: guarded(openTraceStore(db)),
    codeKey: db.codeKey,
    instanceId: db.instanceId,
    together: (work) => {
      try {
        return db.together(work);
      } catch (error) {
        const problem = asProblem(error);
        if (problem !== error) db.noteTrouble(problem);
        throw problem;
      }
    },
    healthy: () => db.writable(),
    blockedBy: () => db.trouble(),
    onTrouble: (listener) => db.onTrouble(listener),
    close() {
      db.close();
    },
  };
}
