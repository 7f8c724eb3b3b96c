import type { Recorded } from './call.js';

/** The wav files of recordings made in calls. */
export interface RecordedFiles {
  /** The contents of the wav file; undefined when there is no such file. */
  read(recorded: Pick<Recorded, 'name'>): Promise<Uint8Array | undefined>;
  /** Removes the file. Does nothing when there is no such file. */
  remove(recorded: Pick<Recorded, 'name'>): Promise<void>;
}
