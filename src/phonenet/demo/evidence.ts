import { setImmediate as breathe } from 'node:timers/promises';
import { firstSoundMs, hearings, type Hearing } from '../listening/heard.js';
import type { PhoneCall } from '../ledger.js';
import type { PhoneNetwork } from '../phone-network.js';
import { readSound, type Samples } from '../listening/sound-file.js';

/** The sounds that were heard in one call, by name. */
export interface HeardCall<Name extends string = string> {
  readonly call: PhoneCall;
  readonly firstSoundMs: number | undefined;
  readonly heard: Readonly<Record<Name, readonly Hearing[]>>;
}

/** Finds the sounds in the recording of an answered call. */
export async function listenTo<Name extends string>(
  network: Pick<PhoneNetwork, 'recordingOf'>,
  call: PhoneCall,
  sounds: Readonly<Record<Name, Samples>>,
): Promise<HeardCall<Name>> {
  const recording = await readSound(network.recordingOf(call)).catch((error: NodeJS.ErrnoException): Samples => {
    // No packet came in, so there is no file.
    if (error.code === 'ENOENT') return new Float32Array(0);
    throw error;
  });
  const entries = Object.entries<Samples>(sounds).map(([name, sound]) => [name, hearings(recording, sound)] as const);
  // The search takes a long time, so other work gets a turn.
  await breathe();
  return {
    call,
    firstSoundMs: firstSoundMs(recording),
    heard: Object.fromEntries(entries) as Record<Name, readonly Hearing[]>,
  };
}

/** Finds the sounds in all answered calls, one after another. */
export async function listenToAll<Name extends string>(
  network: Pick<PhoneNetwork, 'recordingOf'>,
  calls: readonly PhoneCall[],
  sounds: Readonly<Record<Name, Samples>>,
): Promise<HeardCall<Name>[]> {
  const heard: HeardCall<Name>[] = [];
  for (const call of calls.filter(wasAnswered)) heard.push(await listenTo(network, call, sounds));
  return heard;
}

export const wasAnswered = ({ recording }: PhoneCall): boolean => recording !== null;

export const whole = (heard: readonly Hearing[]): number => heard.filter(({ complete }) => complete).length;

/** The value at or below which this share (0 to 1) of the values lies; undefined without values. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}

/** The most calls that were up at the same time, from INVITE to end. */
export function mostAtOnce(calls: readonly PhoneCall[]): number {
  const changes = calls.flatMap(({ invitedAt, endedAt }) => [
    { at: invitedAt, by: 1 },
    { at: endedAt ?? Infinity, by: -1 },
  ]);
  // Of two changes in the same millisecond the end comes first.
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  let most = 0;
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

/** The most calls that began within any one second. */
export function mostInOneSecond(calls: readonly PhoneCall[]): number {
  const starts = calls.map(({ invitedAt }) => invitedAt).toSorted((a, b) => a - b);
  let from = 0;
  let most = 0;
  for (const [index, at] of starts.entries()) {
    while (at - (starts[from] ?? at) >= 1_000) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}
