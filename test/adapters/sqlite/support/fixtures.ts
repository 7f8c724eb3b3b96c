import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase, type Database } from '../../../../src/adapters/sqlite/database.js';
import { readJournal } from '../../../../src/adapters/sqlite/migrations.js';
import { openStores } from '../../../../src/adapters/sqlite/stores.js';
import type { Action, ActionId } from '../../../../src/domain/action.js';
import { parseAreaPart, parsePostcode, type Area, type Postcode } from '../../../../src/domain/area.js';
import type { AttemptEnd } from '../../../../src/domain/attempt.js';
import type { Outcome } from '../../../../src/domain/outcome.js';
import type { Participant, ParticipantId } from '../../../../src/domain/participant.js';
import { parsePhoneNumber, type E164 } from '../../../../src/domain/phone-number.js';
import type { Excluded, Selection } from '../../../../src/domain/selection.js';
import type { SelectedPerson, NewAttempt, Stores } from '../../../../src/ports/stores.js';

export const MIGRATIONS = fileURLToPath(new URL('../../../../migrations', import.meta.url));

/** Real stores on a real database. `db` is for queries that no store has. */
export interface Fixture extends Stores {
  readonly db: Database;
}

export function freshStores(file = ':memory:'): Fixture {
  const db = openDatabase(file, { migrationsFolder: MIGRATIONS });
  return { ...openStores(db), db };
}

/** Runs the work with a temporary folder. */
export async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'burgernet-sqlite-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A copy of the migrations with one more at the end, which creates the table `later`. */
export function withLaterMigration(folder: string, when: number): string {
  const copy = join(folder, 'migrations');
  cpSync(MIGRATIONS, copy, { recursive: true });
  const file = join(copy, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: object[] };
  journal.entries.push({ idx: journal.entries.length, version: '6', when, tag: '9999_later', breakpoints: true });
  writeFileSync(file, JSON.stringify(journal));
  writeFileSync(join(copy, '9999_later.sql'), 'CREATE TABLE later (id integer PRIMARY KEY) STRICT;');
  return copy;
}

/** Time of the last migration, ms UTC. */
export const lastMigration = (): number => readJournal(MIGRATIONS).at(-1)!.when;

/** An invented mobile number: `mobile(7)` is +31612340007. */
export function mobile(n: number): E164 {
  const number = parsePhoneNumber(`061234${String(n).padStart(4, '0')}`);
  if (!number.ok) throw new Error(number.reason);
  return number.value;
}

export function postcode(text: string): Postcode {
  const read = parsePostcode(text);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

export function area(...parts: string[]): Area {
  return {
    parts: parts.map((text) => {
      const read = parseAreaPart(text);
      if (!read.ok) throw new Error(read.reason);
      return read.value;
    }),
  };
}

export function addPerson(
  stores: Stores,
  phones: readonly E164[],
  postcodes: readonly string[] = ['8251AB'],
  name: string | null = null,
): Participant {
  return stores.participants.add({ name, language: 'nl', phones, postcodes: postcodes.map(postcode) }, 1_000);
}

export function addDraft(stores: Stores): Action {
  const centralist =
    stores.centralists.all()[0] ??
    stores.centralists.add({
      name: 'Desk',
      extension: '21',
      sipUsername: 'desk21',
      sipPassword: 'x',
      pinDigest: null,
      onDuty: false,
      createdAt: 0,
    });
  return stores.actions.add(
    {
      kind: 'missing_child',
      title: 'Vermist kind',
      description: 'Meisje van zes, rode jas',
      area: area('8251-8253', '8254AB'),
      centralistId: centralist.id,
      criteria: { timeCritical: true, clearDescription: true },
      priority: false,
      message: {
        text: 'Wij zoeken een meisje van zes.',
        soundId: 'sound-1',
        seconds: 12.5,
        version: 1,
        voice: 'embedded',
      },
      titleSoundId: 'sound-title',
      team: [],
    },
    5_000,
  );
}

export function selectionOf(people: readonly Participant[], excluded: readonly Excluded[] = []): Selection {
  return { selected: people.map(({ id, phones }) => ({ participantId: id, phones })), excluded };
}

/** A running action that calls these people, in this order. */
export function addRunning(
  stores: Stores,
  people: readonly Participant[],
  options: { at?: number; excluded?: readonly Excluded[] } = {},
): Action {
  const { id } = addDraft(stores);
  const selection = selectionOf(people, options.excluded);
  stores.actions.move(id, 'draft', 'running', { at: options.at ?? 10_000, selection });
  return stores.actions.get(id)!;
}

/** All selected participants of an action, in calling order. */
export function calleesOf(stores: Stores, id: ActionId): SelectedPerson[] {
  return [...stores.actions.calleesInSlices(id)].flat();
}

export function newAttempt(action: Action, participantId: ParticipantId, phone: E164): NewAttempt {
  return {
    actionId: action.id,
    participantId,
    phone,
    purpose: 'alert',
    number: 1,
    messageVersion: 1,
    dialedAt: 20_000,
  };
}

export function ending(outcome: Outcome, facts: Partial<AttemptEnd> = {}): AttemptEnd {
  return {
    outcome,
    endedAt: 30_000,
    heardSeconds: 0,
    plays: 0,
    sipStatus: null,
    cause: null,
    retryAfterSeconds: null,
    reason: null,
    ...facts,
  };
}
