import type { Recorded } from './call.js';

/** The files of what was recorded in calls. */
export interface RecordedFiles {
  /** The wav; undefined when it is not there. */
  read(recorded: Pick<Recorded, 'name'>): Promise<Uint8Array | undefined>;
  /** It is kept no longer. Does nothing when it is not there. */
  remove(recorded: Pick<Recorded, 'name'>): Promise<void>;
}
