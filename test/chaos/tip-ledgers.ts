import Database from 'better-sqlite3';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { msOfSize } from '../../src/adapters/asterisk/calls/recording-files.js';
import type { InboundCall, Tip } from '../../src/domain/tip.js';
import type { PhoneCall } from '../../src/phonenet/index.js';
import type { FaultRecord } from './evidence.js';
import type { World } from './world.js';

/** Both ledgers of the tip line at the end of the run. */
export interface TipEvidence {
  /** Calls to the tip line, and to the centralists' softphones, in the phone network's ledger. */
  readonly callers: readonly PhoneCall[];
  readonly desks: readonly PhoneCall[];
  readonly rows: readonly InboundCall[];
  readonly tips: readonly Pick<Tip, 'id' | 'inboundId' | 'type' | 'recordingId'>[];
  /** Recordings in the database: id and file. */
  readonly recordings: ReadonlyMap<number, string>;
  /** Recordings of callers on Asterisk's disk, with their length in ms; undefined if it runs elsewhere. */
  readonly files: ReadonlyMap<string, number> | undefined;
  readonly faults: readonly FaultRecord[];
}

/** Reads the evidence directly from the database. `seesFiles`: Asterisk's files can be read. */
export async function tipEvidence(
  { controller: { dataDir }, network }: World,
  faults: readonly FaultRecord[],
  seesFiles: boolean,
): Promise<TipEvidence> {
  const calls = await network.ledger();
  const database = new Database(join(dataDir, 'burgernet.db'), { readonly: true });
  try {
    const all = <T>(sql: string): T[] => database.prepare(sql).all() as T[];
    const recordings = all<{ id: number; file: string }>('select id, file from recording where file is not null');
    return {
      callers: calls.filter(({ kind }) => kind === 'caller'),
      desks: calls.filter(({ kind }) => kind === 'desk'),
      rows: all<InboundCall>(
        `select id, from_number as "from", participant_id as participantId, action_id as actionId, call_id as callId, result,
           reason, received_at as receivedAt, ringing_at as ringingAt, connected_at as connectedAt, ended_at as endedAt,
           centralist_id as centralistId, recording_id as recordingId
         from inbound_call order by id`,
      ),
      tips: all('select id, inbound_id as inboundId, type, recording_id as recordingId from tip order by id'),
      recordings: new Map(recordings.map(({ id, file }) => [id, file])),
      files: seesFiles ? await tipFiles(join(dataDir, 'asterisk', 'spool', 'recording')) : undefined,
      faults,
    };
  } finally {
    database.close();
  }
}

async function tipFiles(folder: string): Promise<Map<string, number>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^(tip|left)-.*\.wav$/.test(name));
  const files = names.map(async (name): Promise<[string, number]> => [
    name,
    msOfSize((await stat(join(folder, name))).size),
  ]);
  return new Map(await Promise.all(files));
}
