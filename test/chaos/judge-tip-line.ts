import type { InboundCall } from '../../src/domain/tip.js';
import { callerNumber } from '../../src/domain/phone-number.js';
import type { PhoneCall } from '../../src/phonenet/index.js';
import { brokenByAsterisk, clock, inFault, killsAsterisk, killsController, type Rules } from './evidence.js';
import type { TipEvidence } from './tip-ledgers.js';

/** For this long after its return, the service must not end a conversation. */
const GRACE_MS = 2_000;
/** A call that a centralist answered counts as a conversation when it lasts this long. */
const TALKED_MS = 1_500;
/** A shorter recording is not a tip: the caller hung up at the tone. */
const TIP_MS = 500;
/** Both ends of a call learn of its end one after the other, within this time. */
const HAND_MS = 1_000;

/** Results that a call of a reached participant can have, by the reason for its routing. */
const RESULTS: Readonly<Record<string, readonly string[]>> = {
  reached: ['connected', 'recorded', 'abandoned'],
  not_reached: ['connected', 'recorded', 'abandoned'],
  just_closed: ['recorded', 'abandoned'],
};

/**
 * Compares the phone network's ledger of the tip line with the database. Each call has one entry with one
 * possible result, no tip is lost, and the controller's death ends no conversation. Each number calls the tip
 * line once.
 */
export function judgeTipLine(evidence: TipEvidence, rules: Pick<Rules, 'marginMs' | 'callsGoOn'>): string[] {
  const rowsOf = new Map<string, InboundCall[]>();
  for (const row of evidence.rows) rowsOf.set(row.from ?? '', [...(rowsOf.get(row.from ?? '') ?? []), row]);
  const numbers = new Set(evidence.callers.map(numberOf));
  return [
    ...evidence.rows.filter(({ from }) => !numbers.has(from ?? '')).map((row) => `${nameOf(row)} belongs to no call`),
    ...evidence.callers.flatMap((call) => {
      const [row, ...more] = rowsOf.get(numberOf(call)) ?? [];
      if (more.length > 0) return [`${textOf(call)} has ${1 + more.length} entries`];
      if (!row) return mayHaveNone(evidence, call, rules) ? [] : [`${textOf(call)} has no entry`];
      return [...judgeRow(evidence, row), ...judgeTalk(evidence, call, row, rules)];
    }),
    ...(rules.callsGoOn ? evidence.callers.flatMap((call) => cutByDeath(evidence, call, rowsOf, rules)) : []),
    ...lostTips(evidence),
  ];
}

/**
 * A call that was not answered because of a fault may have no entry. The same holds for a call
 * that an Asterisk elsewhere answered while the service was away, because its recording cannot be fetched.
 */
const mayHaveNone = ({ faults, files }: TipEvidence, call: PhoneCall, { marginMs }: Pick<Rules, 'marginMs'>): boolean =>
  (call.answeredAt === null || files === undefined) &&
  inFault(faults, call.invitedAt, call.endedAt ?? Infinity, marginMs);

function judgeRow({ tips, recordings }: TipEvidence, row: InboundCall): string[] {
  if (row.result === null) return [`${nameOf(row)} was left open`];
  const own = tips.filter(({ inboundId }) => inboundId === row.id);
  const found: string[] = [];
  const may = RESULTS[row.reason];
  if (!may?.includes(row.result)) found.push(`${nameOf(row)} is impossible for a participant who was reached`);
  const types = own.map(({ type }) => type);
  if ((row.connectedAt !== null) !== (row.result === 'connected'))
    found.push(`${nameOf(row)} was connected at ${row.connectedAt === null ? 'no time' : clock(row.connectedAt)}`);
  if ((row.result === 'connected') !== types.includes('conversation'))
    found.push(`${nameOf(row)} has the tips: ${types.join(', ') || 'none'}`);
  if ((row.result === 'recorded' && !types.includes('recording')) || (row.result === 'abandoned' && own.length > 0))
    found.push(`${nameOf(row)} has the tips: ${types.join(', ') || 'none'}`);
  if (
    types.filter((type) => type === 'conversation').length > 1 ||
    types.filter((type) => type === 'recording').length > 1
  )
    found.push(`${nameOf(row)} has a tip twice: ${types.join(', ')}`);
  for (const { id, type, recordingId } of own)
    if (type === 'recording' && (recordingId === null || !recordings.has(recordingId)))
      found.push(`tip ${id} of ${nameOf(row)} has no recording`);
  return found;
}

/** A call is connected exactly when a centralist and the caller talked. */
function judgeTalk(
  { desks, faults }: TipEvidence,
  call: PhoneCall,
  row: InboundCall,
  { marginMs }: Pick<Rules, 'marginMs'>,
): string[] {
  const answered = desks.filter((desk) => desk.answeredAt !== null && desk.from.includes(call.number.slice(-9)));
  if (row.result === 'connected' && answered.length === 0) return [`${nameOf(row)} was answered on no softphone`];
  if (row.result === 'connected') return [];
  const talk = answered.find((desk) => {
    const from = desk.answeredAt ?? 0;
    const to = Math.min(desk.endedAt ?? Infinity, call.endedAt ?? Infinity);
    return to - from >= TALKED_MS && !inFault(faults, from, to, marginMs);
  });
  return talk ? [`${nameOf(row)} talked with ${talk.number} at ${clock(talk.answeredAt ?? 0)}`] : [];
}

/** The controller's death alone ends no call, and its return ends no conversation. */
function cutByDeath(
  { faults }: TipEvidence,
  call: PhoneCall,
  rowsOf: ReadonlyMap<string, readonly InboundCall[]>,
  { marginMs }: Pick<Rules, 'marginMs'>,
): string[] {
  const { answeredAt, endedAt, endedBy } = call;
  if (answeredAt === null || endedAt === null || endedBy !== 'far' || brokenByAsterisk(call, faults, marginMs))
    return [];
  const [row] = rowsOf.get(numberOf(call)) ?? [];
  return faults.flatMap((fault) => {
    if (!killsController(fault) || killsAsterisk(fault) || !(answeredAt < fault.at && endedAt > fault.at)) return [];
    const talked = row?.connectedAt != null && row.connectedAt < fault.at;
    // A conversation goes on. Any other call may reach the end of its script once a new process has started.
    const until = talked ? fault.until + GRACE_MS : (fault.startedAt ?? fault.at);
    return endedAt > fault.at + marginMs && endedAt < until
      ? [`${textOf(call)} ended at ${clock(endedAt)}, with the controller's death at ${clock(fault.at)}`]
      : [];
  });
}

/** Every recording that Asterisk made of a caller is in the database. */
function lostTips({ files, recordings }: TipEvidence): string[] {
  const known = new Set(recordings.values());
  return [...(files ?? [])].flatMap(([name, ms]) =>
    ms < TIP_MS + HAND_MS || known.has(name) ? [] : [`a tip of ${Math.round(ms)} ms was lost: ${name}`],
  );
}

const numberOf = ({ number }: PhoneCall): string => callerNumber(number) ?? number;
const textOf = (call: PhoneCall): string => `the call of ${call.number} to the tip line at ${clock(call.invitedAt)}`;
const nameOf = (row: InboundCall): string =>
  `inbound call ${row.id} (${row.from ?? 'withheld'}, ${clock(row.receivedAt)}, ${row.result ?? 'open'}, ${row.reason})`;
