import { sql, type SQL } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
  type AnySQLiteColumn,
} from 'drizzle-orm/sqlite-core';
import { ACTION_STATES } from '../../domain/action.js';
import { PURPOSES } from '../../domain/attempt.js';
import { CALLBACK_RESULTS } from '../../domain/callback.js';
import { KINDS, LANGUAGES, RESULTS } from '../../domain/kinds.js';
import { OUTCOMES } from '../../domain/outcome.js';
import type { E164 } from '../../domain/phone-number.js';
import { EXCLUSIONS } from '../../domain/selection.js';
import { INBOUND_RESULTS } from '../../domain/tip.js';
import type { RecordingEntry } from '../../ports/stores.js';

/**
 * The tables, in the words of `domain/glossary.ts`. Times are integer ms UTC. Every table is STRICT. A table
 * marked "clustered" is also WITHOUT ROWID, so that rows that are read together lie together on disk.
 *
 * JSON is stored as text and read by `json-columns.ts`, because Drizzle's own JSON columns throw for a whole
 * list on one bad value.
 *
 * Tables refer to a participant in one of two ways:
 * - the numbers and postcodes of a participant are deleted with the participant: ON DELETE CASCADE;
 * - history (selection, exclusion, attempt, inbound call, tip, callback) keeps the participant's id without a
 *   foreign key, because a participant who leaves Burgernet must be erased at once, while the history of an
 *   action must stay. AUTOINCREMENT never gives the id to another participant. An action with history cannot
 *   be deleted.
 */

/** The kinds of recording. The port has them as a type only. */
export const RECORDING_TYPES = ['message', 'tip', 'conversation'] as const satisfies readonly RecordingEntry['type'][];
/** The kinds of tip. */
export const TIP_TYPES = ['conversation', 'recording'] as const;

/** `column in ('a', 'b')`: a CHECK for a closed set of the domain. */
function oneOf(column: AnySQLiteColumn, values: readonly string[]): SQL {
  return sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`;
}

/** A flag, 0 or 1. */
function flag(column: AnySQLiteColumn): SQL {
  return sql`${column} in (0, 1)`;
}

/**
 * Numbers and postcodes are indexed in segments of 131,072 participants. An import brings them in no order,
 * so every chunk of an import would change nearly all pages of one large index. With segments, only the
 * newest segment grows. A search looks into each segment: about twenty for 2.4 million people. See
 * `segments.ts`.
 */
export const SEGMENT_BITS = 17;
const segmentOf = () => integer('segment').generatedAlwaysAs(sql.raw(`participant_id >> ${SEGMENT_BITS}`));

export const participant = sqliteTable(
  'participant',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name'),
    language: text('language', { enum: LANGUAGES }).notNull(),
    pausedUntil: integer('paused_until'),
    nightCalls: integer('night_calls', { mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [
    check('participant_language', oneOf(t.language, LANGUAGES)),
    check('participant_night_calls', flag(t.nightCalls)),
  ],
);

/** Numbers of a participant, in calling order. Clustered: all numbers of a participant lie together. */
export const phone = sqliteTable(
  'phone',
  {
    participantId: integer('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    number: text('number').notNull().$type<E164>(),
    segment: segmentOf(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.position] }),
    // Not unique: people who share a number are a household.
    index('phone_number').on(t.segment, t.number),
    check('phone_number_e164', sql`${t.number} glob '+[1-9]*'`),
  ],
);

/** Postcodes of a participant. A PC4 has no letters. Clustered. */
export const participantPostcode = sqliteTable(
  'participant_postcode',
  {
    participantId: integer('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    pc4: integer('pc4').notNull(),
    letters: text('letters'),
    segment: segmentOf(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.position] }),
    // For a range of PC4s, and for one PC6.
    index('participant_postcode_area').on(t.segment, t.pc4, t.letters),
    check('participant_postcode_pc4', sql`${t.pc4} between 1000 and 9999`),
    check('participant_postcode_letters', sql`${t.letters} is null or ${t.letters} glob '[A-Z][A-Z]'`),
  ],
);

/** Coordinates of postcodes (WGS 84). The letters of a PC4 are empty. Clustered. */
export const postcodePlace = sqliteTable(
  'postcode_place',
  {
    pc4: integer('pc4').notNull(),
    letters: text('letters').notNull(),
    lat: real('lat').notNull(),
    lon: real('lon').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.pc4, t.letters] }),
    check('postcode_place_pc4', sql`${t.pc4} between 1000 and 9999`),
    check('postcode_place_letters', sql`${t.letters} = '' or ${t.letters} glob '[A-Z][A-Z]'`),
    check('postcode_place_lat', sql`${t.lat} between -90 and 90`),
    check('postcode_place_lon', sql`${t.lon} between -180 and 180`),
  ],
);

export const centralist = sqliteTable(
  'centralist',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    extension: text('extension').notNull(),
    sipUsername: text('sip_username').notNull(),
    sipPassword: text('sip_password').notNull(),
    createdAt: integer('created_at').notNull(),
    pinDigest: text('pin_digest'),
    onDuty: integer('on_duty', { mode: 'boolean' }).notNull().default(false),
    removedAt: integer('removed_at'),
  },
  (t) => [
    // The extension of a removed centralist is free again.
    uniqueIndex('centralist_extension')
      .on(t.extension)
      .where(sql`${t.removedAt} is null`),
    uniqueIndex('centralist_sip_username').on(t.sipUsername),
  ],
);

export const action = sqliteTable(
  'action',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    number: integer('number').notNull(),
    kind: text('kind', { enum: KINDS }).notNull(),
    title: text('title').notNull(),
    description: text('description').notNull(),
    area: text('area').notNull(),
    centralistId: integer('centralist_id')
      .notNull()
      .references(() => centralist.id, { onDelete: 'restrict' }),
    timeCritical: integer('time_critical', { mode: 'boolean' }).notNull(),
    clearDescription: integer('clear_description', { mode: 'boolean' }).notNull(),
    /** The row of action_message that is played now. */
    messageVersion: integer('message_version').notNull(),
    closingText: text('closing_text'),
    closingSoundId: text('closing_sound_id'),
    closingSeconds: real('closing_seconds'),
    closingVersion: integer('closing_version'),
    closingVoice: text('closing_voice'),
    state: text('state', { enum: ACTION_STATES }).notNull(),
    result: text('result', { enum: RESULTS }),
    createdAt: integer('created_at').notNull(),
    startedAt: integer('started_at'),
    closedAt: integer('closed_at'),
    priority: integer('priority', { mode: 'boolean' }).notNull().default(false),
    /** The plan as it was at the start. */
    plan: text('plan'),
    /** Ids of the centralists who help with the action. */
    team: text('team').notNull().default('[]'),
    titleSoundId: text('title_sound_id'),
    /** The action calls the simulated phone network. Written at the start. */
    simulated: integer('simulated', { mode: 'boolean' }).notNull().default(false),
    /** At the close: people in an alert call, or still to be called. */
    leftAtClose: integer('left_at_close'),
  },
  (t) => [
    uniqueIndex('action_number').on(t.number),
    check('action_kind', oneOf(t.kind, KINDS)),
    check('action_area', sql`json_valid(${t.area})`),
    check('action_time_critical', flag(t.timeCritical)),
    check('action_clear_description', flag(t.clearDescription)),
    check('action_state', oneOf(t.state, ACTION_STATES)),
    check('action_result', sql`${t.result} is null or ${oneOf(t.result, RESULTS)}`),
    check('action_started', sql`(${t.state} = 'draft') = (${t.startedAt} is null)`),
    check('action_closed', sql`(${t.state} = 'closed') = (${t.closedAt} is not null)`),
  ],
);

/** Every version of an action's message. An update adds one and keeps the earlier ones. Clustered. */
export const actionMessage = sqliteTable(
  'action_message',
  {
    actionId: integer('action_id')
      .notNull()
      .references(() => action.id, { onDelete: 'restrict' }),
    version: integer('version').notNull(),
    text: text('text'),
    soundId: text('sound_id').notNull(),
    seconds: real('seconds').notNull(),
    /** Null for a recording. */
    voice: text('voice'),
  },
  (t) => [
    primaryKey({ columns: [t.actionId, t.version] }),
    check('action_message_version', sql`${t.version} >= 1`),
    check('action_message_seconds', sql`${t.seconds} >= 0`),
  ],
);

/**
 * The people that an action calls: each by a call of their own, or through a housemate (`shared_with`).
 * Clustered.
 */
export const selection = sqliteTable(
  'selection',
  {
    actionId: integer('action_id')
      .notNull()
      .references(() => action.id, { onDelete: 'restrict' }),
    participantId: integer('participant_id').notNull(),
    /** Place in the calling order. */
    position: integer('position').notNull(),
    /** JSON: the numbers to call for this person; empty when a housemate is called. */
    phones: text('phones').notNull(),
    /** The housemate who is called on the shared number; null for a person with a call of their own. */
    sharedWith: integer('shared_with'),
    reachedAt: integer('reached_at'),
    /** Version of the message last heard; 0 for none. */
    heardVersion: integer('heard_version').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.actionId, t.participantId] }),
    check('selection_phones', sql`json_valid(${t.phones})`),
    check('selection_own_call', sql`${t.sharedWith} is null or ${t.phones} = '[]'`),
  ],
);

/**
 * Every number of the people in a selection, including a number on which a housemate is called. It tells
 * which participants a caller can be, and which people a call reaches. Clustered.
 */
export const selectionPhone = sqliteTable(
  'selection_phone',
  {
    number: text('number').notNull().$type<E164>(),
    actionId: integer('action_id').notNull(),
    participantId: integer('participant_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.number, t.actionId, t.participantId] }),
    foreignKey({
      name: 'selection_phone_selection',
      columns: [t.actionId, t.participantId],
      foreignColumns: [selection.actionId, selection.participantId],
    }).onDelete('restrict'),
  ],
);

/**
 * People of the area who were left out, with the reason. A housemate is in this table and in `selection`.
 * Clustered.
 */
export const exclusion = sqliteTable(
  'exclusion',
  {
    actionId: integer('action_id')
      .notNull()
      .references(() => action.id, { onDelete: 'restrict' }),
    participantId: integer('participant_id').notNull(),
    reason: text('reason', { enum: EXCLUSIONS }).notNull(),
    sharedWith: integer('shared_with'),
  },
  (t) => [
    primaryKey({ columns: [t.actionId, t.participantId] }),
    check('exclusion_reason', oneOf(t.reason, EXCLUSIONS)),
  ],
);

export const attempt = sqliteTable(
  'attempt',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    actionId: integer('action_id')
      .notNull()
      .references(() => action.id, { onDelete: 'restrict' }),
    participantId: integer('participant_id').notNull(),
    phone: text('phone').notNull().$type<E164>(),
    purpose: text('purpose', { enum: PURPOSES }).notNull(),
    number: integer('number').notNull(),
    messageVersion: integer('message_version').notNull(),
    outcome: text('outcome', { enum: OUTCOMES }),
    dialedAt: integer('dialed_at').notNull(),
    rangAt: integer('rang_at'),
    answeredAt: integer('answered_at'),
    confirmedAt: integer('confirmed_at'),
    endedAt: integer('ended_at'),
    heardSeconds: real('heard_seconds').notNull().default(0),
    plays: integer('plays').notNull().default(0),
    sipStatus: integer('sip_status'),
    cause: integer('cause'),
    reason: text('reason'),
    retryAfterSeconds: integer('retry_after_seconds'),
  },
  (t) => [
    index('attempt_action').on(t.actionId, t.participantId),
    index('attempt_open')
      .on(t.id)
      .where(sql`${t.outcome} is null`),
    index('attempt_asked_to_wait')
      .on(t.endedAt)
      .where(sql`${t.retryAfterSeconds} is not null`),
    check('attempt_purpose', oneOf(t.purpose, PURPOSES)),
    check('attempt_outcome', sql`${t.outcome} is null or ${oneOf(t.outcome, OUTCOMES)}`),
    check('attempt_ended', sql`(${t.outcome} is null) = (${t.endedAt} is null)`),
  ],
);

/** The steps of a call. */
export const callTrace = sqliteTable(
  'call_trace',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    callId: text('call_id').notNull(),
    step: text('step').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [index('call_trace_call').on(t.callId)],
);

export const recording = sqliteTable(
  'recording',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    type: text('type', { enum: RECORDING_TYPES }).notNull(),
    soundId: text('sound_id'),
    file: text('file'),
    seconds: real('seconds').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [check('recording_type', oneOf(t.type, RECORDING_TYPES))],
);

export const inboundCall = sqliteTable(
  'inbound_call',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    fromNumber: text('from_number').$type<E164>(),
    participantId: integer('participant_id'),
    actionId: integer('action_id').references(() => action.id, { onDelete: 'restrict' }),
    result: text('result', { enum: INBOUND_RESULTS }),
    reason: text('reason').notNull().default(''),
    receivedAt: integer('received_at').notNull(),
    ringingAt: integer('ringing_at'),
    connectedAt: integer('connected_at'),
    endedAt: integer('ended_at'),
    centralistId: integer('centralist_id').references(() => centralist.id, { onDelete: 'restrict' }),
    // A recording may be deleted. The result still says that the call was recorded.
    recordingId: integer('recording_id').references(() => recording.id, { onDelete: 'set null' }),
    // Finds the call again after a restart of the controller.
    callId: text('call_id'),
  },
  (t) => [
    index('inbound_call_action').on(t.actionId),
    // The list of tips also shows calls without a tip, newest first.
    index('inbound_call_abandoned')
      .on(t.actionId, t.receivedAt)
      .where(sql`${t.result} = 'abandoned'`),
    index('inbound_call_unspoken')
      .on(t.actionId, t.receivedAt)
      .where(sql`${t.result} = 'connected' and ${t.connectedAt} is null`),
    index('inbound_call_open')
      .on(t.id)
      .where(sql`${t.result} is null`),
    // Finds the offline recordings that belong to no action among all calls of strangers.
    index('inbound_call_left')
      .on(t.id)
      .where(sql`${t.reason} = 'controller_down'`),
    // Finds a call by its call id, so that an offline recording is stored once.
    index('inbound_call_call').on(t.callId),
    check('inbound_call_result', sql`${t.result} is null or ${oneOf(t.result, INBOUND_RESULTS)}`),
    check('inbound_call_ended', sql`(${t.result} is null) = (${t.endedAt} is null)`),
  ],
);

export const tip = sqliteTable(
  'tip',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    actionId: integer('action_id')
      .notNull()
      .references(() => action.id, { onDelete: 'restrict' }),
    participantId: integer('participant_id').notNull(),
    inboundId: integer('inbound_id')
      .notNull()
      .references(() => inboundCall.id, { onDelete: 'restrict' }),
    type: text('type', { enum: TIP_TYPES }).notNull(),
    recordingId: integer('recording_id').references(() => recording.id, { onDelete: 'set null' }),
    note: text('note'),
    useful: integer('useful', { mode: 'boolean' }),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [
    index('tip_action').on(t.actionId),
    // Covers the newest tips and the count of judged tips.
    index('tip_newest').on(t.actionId, t.createdAt, t.useful),
    index('tip_participant').on(t.participantId),
    index('tip_inbound').on(t.inboundId),
    check('tip_type', oneOf(t.type, TIP_TYPES)),
    check('tip_useful', sql`${t.useful} is null or ${flag(t.useful)}`),
  ],
);

/** Calls of a centralist to a caller of the tip line. */
export const callback = sqliteTable(
  'callback',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    inboundId: integer('inbound_id')
      .notNull()
      .references(() => inboundCall.id, { onDelete: 'restrict' }),
    actionId: integer('action_id')
      .notNull()
      .references(() => action.id, { onDelete: 'restrict' }),
    participantId: integer('participant_id').notNull(),
    phone: text('phone').notNull().$type<E164>(),
    centralistId: integer('centralist_id')
      .notNull()
      .references(() => centralist.id, { onDelete: 'restrict' }),
    requestedAt: integer('requested_at').notNull(),
    deskAnsweredAt: integer('desk_answered_at'),
    answeredAt: integer('answered_at'),
    endedAt: integer('ended_at'),
    result: text('result', { enum: CALLBACK_RESULTS }),
  },
  (t) => [
    index('callback_inbound').on(t.inboundId),
    index('callback_action').on(t.actionId),
    check('callback_result', sql`${t.result} is null or ${oneOf(t.result, CALLBACK_RESULTS)}`),
    check('callback_ended', sql`(${t.result} is null) = (${t.endedAt} is null)`),
  ],
);

/** Events of an action, for clients that follow the action. Ids only go up. */
export const event = sqliteTable(
  'event',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    actionId: integer('action_id')
      .notNull()
      .references(() => action.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    data: text('data').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [index('event_action').on(t.actionId, t.id), check('event_data', sql`json_valid(${t.data})`)],
);

/** Facts about this database, such as its `instance_id`. Clustered. */
export const meta = sqliteTable('meta', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
});
