import Database from 'better-sqlite3';
import { join } from 'node:path';
import type { Attempt } from '../../src/domain/attempt.js';
import { callerNumber, type E164 } from '../../src/domain/phone-number.js';
import { readSound, type Citizen, type Persona, type PhoneNetwork } from '../../src/phonenet/index.js';
import type { Called, HeardCall } from './evidence.js';
import { playsIn } from './message.js';

interface SelectionRow {
  readonly actionId: number;
  readonly participantId: number;
  readonly phones: string;
  readonly reachedAt: number | null;
}

/** The service's ledger, read directly from its database. */
export function readDatabase(
  dataDir: string,
  citizens: readonly Citizen[],
): { attempts: Attempt[]; people: Called[]; closedAt: Map<number, number> } {
  const database = new Database(join(dataDir, 'burgernet.db'), { readonly: true });
  try {
    const rows = <T>(sql: string): T[] => database.prepare(sql).all() as T[];
    const personas = new Map<string, Persona>(
      citizens.map(({ number, persona }) => [callerNumber(number) ?? number, persona]),
    );
    const attempts = rows<Attempt>(
      `select id, action_id as actionId, participant_id as participantId, phone, purpose, number,
         message_version as messageVersion, outcome, dialed_at as dialedAt, rang_at as rangAt, answered_at as answeredAt,
         confirmed_at as confirmedAt, ended_at as endedAt, heard_seconds as heardSeconds, plays,
         sip_status as sipStatus, cause, reason
       from attempt order by id`,
    );
    const people = rows<SelectionRow>(
      `select action_id as actionId, participant_id as participantId, phones, reached_at as reachedAt
       from selection where shared_with is null`,
    ).map(({ actionId, participantId, phones, reachedAt }) => {
      const numbers = JSON.parse(phones) as E164[];
      const own = numbers.map((number) => personas.get(number) ?? 'unreachable');
      return { actionId, participantId, phones: numbers, personas: own, reached: reachedAt !== null };
    });
    const closed = rows<{ id: number; closedAt: number | null }>('select id, closed_at as closedAt from action');
    return {
      attempts,
      people,
      closedAt: new Map(closed.flatMap(({ id, closedAt }) => (closedAt === null ? [] : [[id, closedAt]]))),
    };
  } finally {
    database.close();
  }
}

/** The phone network's ledger, with the plays of the message that were heard. */
export async function readNetwork(network: PhoneNetwork): Promise<HeardCall[]> {
  const calls: HeardCall[] = [];
  for (const call of await network.ledger()) {
    if (call.kind !== 'citizen') continue;
    // A recording of a call that Asterisk's death cut off may never have been finished.
    const sound =
      call.recording === null ? undefined : await readSound(network.recordingOf(call)).catch(() => undefined);
    calls.push({ ...call, plays: sound ? playsIn(sound, call) : [] });
  }
  return calls;
}
