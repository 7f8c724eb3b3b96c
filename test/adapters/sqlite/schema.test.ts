import { expect } from 'chai';
import { is, type SQL } from 'drizzle-orm';
import { getTableConfig, SQLiteSyncDialect, SQLiteTable, type SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { readJournal } from '../../../src/adapters/sqlite/migrations.js';
import * as schema from '../../../src/adapters/sqlite/schema.js';
import type { Sqlite } from '../../../src/adapters/sqlite/database.js';
import {
  addDraft,
  addPerson,
  addRunning,
  calleesOf,
  freshStores,
  MIGRATIONS,
  mobile,
  newAttempt,
} from './support/fixtures.js';

const dialect = new SQLiteSyncDialect();
const tables = Object.values<unknown>(schema).filter((value): value is SQLiteTable => is(value, SQLiteTable));
const text = (sql: SQL | undefined) => (sql ? dialect.sqlToQuery(sql).sql : undefined);

/** A table as the schema declares it. */
function declared(table: SQLiteTable) {
  const { name, columns, indexes, foreignKeys, primaryKeys, checks } = getTableConfig(table);
  const composite = primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
  const own = columns.filter((column) => column.primary).map((column) => column.name);
  return {
    name,
    columns: columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().toUpperCase(),
      notNull: column.notNull || composite.includes(column.name),
      generated: column.generated !== undefined,
    })),
    primaryKey: [...own, ...composite],
    indexes: indexes
      .map(({ config }) => ({
        name: config.name,
        unique: config.unique,
        columns: config.columns.map((column) => (column as SQLiteColumn).name),
        where: text(config.where),
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    foreignKeys: foreignKeys
      .map((key) => {
        const { columns: from, foreignColumns: to, foreignTable } = key.reference();
        const target = `${getTableConfig(foreignTable).name}(${to.map((column) => column.name).join()})`;
        return `${from.map((column) => column.name).join()} → ${target} on delete ${key.onDelete}`;
      })
      .sort(),
    checks: checks.map((check) => `CONSTRAINT "${check.name}" CHECK(${text(check.value)})`).sort(),
  };
}

interface Column {
  name: string;
  type: string;
  notnull: number;
  pk: number;
  hidden: number;
}

interface Key {
  id: number;
  table: string;
  from: string;
  to: string;
  on_delete: string;
}

/** The same table as the database has it. */
function actual(sqlite: Sqlite, name: string) {
  const sql = sqlite.prepare<[string], string>('SELECT sql FROM sqlite_master WHERE name = ?').pluck();
  const columns = sqlite.pragma(`table_xinfo(${name})`) as Column[];
  const indexes = sqlite.pragma(`index_list(${name})`) as { name: string; unique: number; origin: string }[];
  const keys = sqlite.pragma(`foreign_key_list(${name})`) as Key[];
  const byKey = new Map(keys.map(({ id }) => [id, keys.filter((key) => key.id === id)]));
  return {
    name,
    columns: columns.map(({ name, type, notnull, hidden }) => ({
      name,
      type: type.toUpperCase().replace(' GENERATED ALWAYS', ''),
      notNull: notnull === 1,
      generated: hidden > 0,
    })),
    primaryKey: columns
      .filter(({ pk }) => pk > 0)
      .sort((a, b) => a.pk - b.pk)
      .map(({ name }) => name),
    indexes: indexes
      .filter(({ origin }) => origin === 'c')
      .map((index) => ({
        name: index.name,
        unique: index.unique === 1,
        columns: (sqlite.pragma(`index_info(${index.name})`) as { name: string }[]).map((column) => column.name),
        where: / WHERE (.*)$/.exec(sql.get(index.name)!)?.[1],
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    foreignKeys: [...byKey.values()]
      .map((parts) => {
        const target = `${parts[0]!.table}(${parts.map((part) => part.to).join()})`;
        return `${parts.map((part) => part.from).join()} → ${target} on delete ${parts[0]!.on_delete.toLowerCase()}`;
      })
      .sort(),
    checks: (sql.get(name)!.match(/CONSTRAINT "\w+" CHECK\(.*\)(?=,?\n)/g) ?? []).sort(),
  };
}

describe('schema of a new database', () => {
  it('equals the declared schema, table by table', () => {
    const stores = freshStores();
    const { sqlite } = stores.db;
    const names = sqlite
      .prepare<[], string>(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '__drizzle*'`,
      )
      .pluck()
      .all();
    expect(names.sort()).to.deep.equal(tables.map((table) => getTableConfig(table).name).sort());
    for (const table of tables) {
      const expected = declared(table);
      expect(actual(sqlite, expected.name)).to.deep.equal(expected);
    }
    stores.close();
  });

  it('has only strict tables', () => {
    const stores = freshStores();
    const { sqlite } = stores.db;
    const loose = (sqlite.pragma('table_list') as { name: string; strict: number; schema: string }[])
      .filter((table) => table.strict === 0 && !/^(sqlite_|__drizzle)/.test(table.name))
      .map((table) => table.name);
    expect(loose).to.deep.equal([]);
    stores.close();
  });

  it('comes from migrations with strictly increasing times, so that none is ever skipped', () => {
    const times = readJournal(MIGRATIONS).map((entry) => entry.when);
    for (const [index, when] of times.entries()) expect(when).to.be.greaterThan(times[index - 1] ?? 0);
  });
});

describe('constraints of the database refuse', () => {
  it('an unknown outcome', () => {
    const stores = freshStores();
    const person = addPerson(stores, [mobile(1)]);
    const attempt = stores.attempts.add(newAttempt(addRunning(stores, [person]), person.id, mobile(1)));
    const write = stores.db.sqlite.prepare('UPDATE attempt SET outcome = ?, ended_at = 1 WHERE id = ?');
    expect(() => write.run('voicemail', attempt.id)).to.throw('attempt_outcome');
    expect(() => write.run('no_digit', attempt.id)).not.to.throw();
    stores.close();
  });

  it('an outcome without its time, and a time without an outcome', () => {
    const stores = freshStores();
    const person = addPerson(stores, [mobile(1)]);
    const attempt = stores.attempts.add(newAttempt(addRunning(stores, [person]), person.id, mobile(1)));
    const { sqlite } = stores.db;
    expect(() => sqlite.prepare(`UPDATE attempt SET outcome = 'busy' WHERE id = ?`).run(attempt.id)).to.throw(
      'attempt_ended',
    );
    expect(() => sqlite.prepare(`UPDATE attempt SET ended_at = 1 WHERE id = ?`).run(attempt.id)).to.throw(
      'attempt_ended',
    );
    stores.close();
  });

  it('unknown kinds, states and results of actions, and an area that is not JSON', () => {
    const stores = freshStores();
    const { id } = addDraft(stores);
    const set = (column: string, value: string) => () =>
      stores.db.sqlite.prepare(`UPDATE action SET ${column} = ? WHERE id = ?`).run(value, id);
    expect(set('kind', 'parking')).to.throw('action_kind');
    expect(set('state', 'open')).to.throw('action_state');
    expect(set('result', 'maybe')).to.throw('action_result');
    expect(set('area', '8251')).not.to.throw();
    expect(set('area', '8251AB')).to.throw('action_area');
    stores.close();
  });

  it('a time with a fraction of a millisecond', () => {
    const stores = freshStores();
    expect(() => stores.traces.add('call', [{ step: 'step', at: 1.5 }])).to.throw(
      'cannot store REAL value in INTEGER column',
    );
    stores.close();
  });
});

describe('deleting rows', () => {
  it('deletes the numbers and postcodes of a participant, and keeps the history of an action', () => {
    const stores = freshStores();
    const person = addPerson(stores, [mobile(1)]);
    const action = addRunning(stores, [person]);
    stores.attempts.add(newAttempt(action, person.id, mobile(1)));
    const { sqlite } = stores.db;
    sqlite.prepare('DELETE FROM participant WHERE id = ?').run(person.id);
    expect(sqlite.prepare('SELECT count(*) FROM phone').pluck().get()).to.equal(0);
    expect(sqlite.prepare('SELECT count(*) FROM participant_postcode').pluck().get()).to.equal(0);
    expect(stores.attempts.ofAction(action.id)).to.have.length(1);
    expect(calleesOf(stores, action.id)).to.have.length(1);
    stores.close();
  });

  it('never gives the id of a deleted participant to another', () => {
    const stores = freshStores();
    const gone = addPerson(stores, [mobile(1)]);
    stores.db.sqlite.prepare('DELETE FROM participant').run();
    expect(addPerson(stores, [mobile(2)]).id).to.be.greaterThan(gone.id);
    stores.close();
  });

  it('refuses to delete an action with a history, and the centralist of an action', () => {
    const stores = freshStores();
    const person = addPerson(stores, [mobile(1)]);
    addRunning(stores, [person]);
    const { sqlite } = stores.db;
    expect(() => sqlite.prepare('DELETE FROM action').run()).to.throw('FOREIGN KEY');
    expect(() => sqlite.prepare('DELETE FROM centralist').run()).to.throw('FOREIGN KEY');
    stores.close();
  });

  it('refuses an attempt for an action that does not exist', () => {
    const stores = freshStores();
    const attempt = { participantId: 1, phone: mobile(1), purpose: 'alert' as const, number: 1, messageVersion: 1 };
    expect(() => stores.attempts.add({ ...attempt, actionId: 99, dialedAt: 1 })).to.throw('FOREIGN KEY');
    stores.close();
  });
});
