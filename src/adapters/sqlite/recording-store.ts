import { eq } from 'drizzle-orm';
import type { RecordingStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { recording } from './schema.js';

/** The facts about stored audio. The audio itself is in files. */
export function openRecordingStore({ orm }: Database): RecordingStore {
  return {
    add: (fresh) => orm.insert(recording).values(fresh).returning().get(),
    get: (id) => orm.select().from(recording).where(eq(recording.id, id)).get(),
  };
}
