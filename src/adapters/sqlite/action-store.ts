import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Action, ActionId, ActionState, Message, NewAction } from '../../domain/action.js';
import { Problem } from '../../domain/problem.js';
import type { ActionChange, ActionStore } from '../../ports/stores.js';
import type { Database } from './database.js';
import { isArea, isPlan, isTeam, type JsonColumns } from './json-columns.js';
import { action, actionMessage } from './schema.js';
import { openSelectionRows } from './selection-rows.js';
import { openStagedSelection } from './staged-selection.js';
import { talliesOf } from './tally.js';

/** The actions and their selections. `all` and `inState` return the oldest action first. */
export function openActionStore(db: Database, json: JsonColumns): ActionStore {
  const { orm, sqlite } = db;
  const selections = openSelectionRows(sqlite, json);
  const staged = openStagedSelection(db, selections);
  const tallies = talliesOf(db);
  const withMessage = () =>
    orm
      .select({ row: action, message: actionMessage })
      .from(action)
      .innerJoin(
        actionMessage,
        and(eq(actionMessage.actionId, action.id), eq(actionMessage.version, action.messageVersion)),
      );
  const countStates = sqlite
    .prepare<[], [ActionState, number]>('SELECT state, count(*) FROM action GROUP BY state')
    .raw();
  const findOne = withMessage()
    .where(eq(action.id, sql.placeholder('id')))
    .prepare();
  const insertMessage = (actionId: ActionId, message: Message): void => {
    orm
      .insert(actionMessage)
      .values({ actionId, ...message })
      .run();
  };
  /**
   * Every call reads its action several times, and one process owns the database, so actions are cached until
   * they change.
   */
  const cache = new Map<ActionId, Action>();
  const get = (id: ActionId): Action | undefined => {
    const known = cache.get(id);
    if (known) return known;
    const found = findOne.get({ id });
    const action = found && toAction(found.row, found.message, json);
    if (action) cache.set(id, action);
    return action;
  };

  const add = sqlite.transaction((fresh: NewAction, now: number): ActionId => {
    const { area, criteria, message, team, ...rest } = fresh;
    const { id } = orm
      .insert(action)
      .values({
        ...rest,
        ...criteria,
        area: JSON.stringify(area),
        team: JSON.stringify(team),
        // Inside the transaction no other writer can take the number.
        number: sql`(SELECT coalesce(max(number), 0) + 1 FROM action)`,
        messageVersion: message.version,
        state: 'draft',
        createdAt: now,
      })
      .returning({ id: action.id })
      .get();
    insertMessage(id, message);
    return id;
  });

  const move = sqlite.transaction((id: ActionId, from: ActionState, to: ActionState, change: ActionChange): boolean => {
    const { changes } = orm
      .update(action)
      .set({
        state: to,
        ...(from === 'draft' && { startedAt: change.at }),
        ...(to === 'closed' && { closedAt: change.at }),
        ...(change.simulated !== undefined && { simulated: change.simulated }),
        ...(change.plan && { plan: JSON.stringify(change.plan) }),
        ...(change.result && { result: change.result }),
        ...(change.leftAtClose !== undefined && { leftAtClose: change.leftAtClose }),
        ...(change.closingMessage && closingColumns(change.closingMessage)),
      })
      .where(and(eq(action.id, id), eq(action.state, from)))
      .run();
    if (changes === 0) return false;
    if (change.selection) for (const written of selections.insert(id, change.selection)) void written;
    return true;
  });

  const setMessage = sqlite.transaction((id: ActionId, message: Message): void => {
    const next = orm
      .update(action)
      .set({ messageVersion: sql`${action.messageVersion} + 1` })
      .where(eq(action.id, id))
      .returning({ version: action.messageVersion })
      .get();
    if (!next) throw new Problem('not_found', `there is no action with id ${id}`);
    insertMessage(id, { ...message, version: next.version });
  });

  return {
    add(fresh, now) {
      const added = get(add.immediate(fresh, now));
      if (!added) throw new Error('an action was not found after it was added');
      return added;
    },
    get,
    all: () =>
      withMessage()
        .orderBy(asc(action.number))
        .all()
        .map((found) => toAction(found.row, found.message, json)),
    slice: ({ after = 0, offset = 0, limit = -1 }) =>
      withMessage()
        .where(gt(action.id, after))
        .orderBy(asc(action.id))
        .limit(limit)
        .offset(offset)
        .all()
        .map((found) => toAction(found.row, found.message, json)),
    inState: (...states) =>
      withMessage()
        .where(inArray(action.state, states))
        .orderBy(asc(action.number))
        .all()
        .map((found) => toAction(found.row, found.message, json)),
    states: () => Object.fromEntries(countStates.all()),
    move(id, from, to, change) {
      cache.delete(id);
      const moved = move.immediate(id, from, to, change);
      if (moved && from === 'draft') tallies.selected(id);
      return moved;
    },
    stage: (id, selection) => staged.stage(id, selection),
    unstage: (id) => staged.unstage(id),
    setMessage(id, message) {
      cache.delete(id);
      setMessage.immediate(id, message);
    },
    assign(id, { team, ...to }) {
      cache.delete(id);
      const columns = { ...to, ...(team && { team: JSON.stringify(team) }) };
      orm.update(action).set(columns).where(eq(action.id, id)).run();
    },
    calleesInSlices: (id) => selections.calleesInSlices(id),
    callee: (id, participantId) => selections.callee(id, participantId),
    markReached(id, participantId, phone, heardVersion, now) {
      const newly = selections.markReached(id, participantId, phone, heardVersion, now);
      tallies.reached(id, newly, now);
      return newly;
    },
    standings: (phone, actions) => selections.standings(phone, actions),
    standingsOf: (ids, actions) => selections.standingsOf(ids, actions),
  };
}

function closingColumns(message: Message) {
  return {
    closingText: message.text,
    closingSoundId: message.soundId,
    closingSeconds: message.seconds,
    closingVersion: message.version,
    closingVoice: message.voice,
  };
}

/**
 * An action with a damaged area, team or plan goes on without it, because its people are already selected.
 */
function toAction(
  row: typeof action.$inferSelect,
  message: typeof actionMessage.$inferSelect,
  json: JsonColumns,
): Action {
  const bad = (column: string) => ({ table: 'action', column, id: row.id });
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    title: row.title,
    description: row.description,
    area: json.read(row.area, isArea, bad('area')) ?? { parts: [] },
    centralistId: row.centralistId,
    team: json.read(row.team, isTeam, bad('team')) ?? [],
    criteria: { timeCritical: row.timeCritical, clearDescription: row.clearDescription },
    priority: row.priority,
    plan: row.plan === null ? null : (json.read(row.plan, isPlan, bad('plan')) ?? null),
    titleSoundId: row.titleSoundId,
    message: {
      text: message.text,
      soundId: message.soundId,
      seconds: message.seconds,
      version: message.version,
      voice: message.voice,
    },
    closingMessage: closingMessage(row),
    state: row.state,
    simulated: row.simulated,
    result: row.result,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    closedAt: row.closedAt,
    leftAtClose: row.leftAtClose,
  };
}

function closingMessage(row: typeof action.$inferSelect): Message | null {
  const { closingText: text, closingSoundId: soundId, closingSeconds: seconds, closingVersion: version } = row;
  if (soundId === null || seconds === null || version === null) return null;
  return { text, soundId, seconds, version, voice: row.closingVoice };
}
