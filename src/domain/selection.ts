import type { Coordinates } from './coordinates.js';
import type { ParticipantId } from './ids.js';
import type { E164 } from './phone-number.js';

/** Why a participant in the area is not called. */
export const EXCLUSIONS = ['paused', 'night', 'declined', 'shared_number'] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

/** A participant with a postcode in the area. */
export interface Candidate {
  readonly participantId: ParticipantId;
  readonly phones: readonly E164[];
  readonly pausedUntil: number | null;
  readonly nightCalls: boolean;
  /** Places of the participant's postcodes in the area. Only filled when asked for, and as far as known. */
  readonly places?: readonly Coordinates[];
}

/** A participant to call, with the numbers that this action may try for that participant. */
export interface Selected {
  readonly participantId: ParticipantId;
  readonly phones: readonly E164[];
}

/** A participant in the area who gets no call of their own, and why. */
export interface Excluded {
  readonly participantId: ParticipantId;
  readonly reason: Exclusion;
  /** For `shared_number`: the participant who is called on the shared number. */
  readonly sharedWith: ParticipantId | null;
}

export interface Selection {
  readonly selected: readonly Selected[];
  readonly excluded: readonly Excluded[];
}

/**
 * Selects the participants to call, in order, and gives the reason for each participant left out. Each person
 * and each number is called once. A number shared by several participants is called for one of them, and that
 * call reaches them all. It is called for the first sharer without another number. A sharer with a second
 * number could be reached on that one, and then the shared number would not be called any more. When all
 * sharers have another number, it is called for the first. A participant with no number left is left out as
 * `shared_number`.
 */
export function selectParticipants(candidates: Iterable<Candidate>, at: { now: number; night: boolean }): Selection {
  const selecting = new SelectionBuilder(at);
  selecting.add(candidates);
  return selecting.selection;
}

/** Makes a selection slice by slice, in the order of the candidates; see {@link selectParticipants}. */
export class SelectionBuilder {
  readonly #selected: { participantId: ParticipantId; phones: readonly E164[] }[] = [];
  readonly #excluded: Excluded[] = [];
  readonly #owner = new Map<E164, { participantId: ParticipantId; phones: readonly E164[] }>();
  readonly #seen = new Set<ParticipantId>();

  constructor(private readonly at: { readonly now: number; readonly night: boolean }) {}

  add(candidates: Iterable<Candidate>): void {
    for (const person of candidates) {
      if (this.#seen.has(person.participantId)) continue;
      this.#seen.add(person.participantId);
      this.#take(person);
    }
  }

  /**
   * Complete once every candidate was added. Until then a participant may still lose a number to a later
   * candidate.
   */
  get selection(): Selection {
    return { selected: this.#selected, excluded: this.#excluded };
  }

  #take({ participantId, phones, pausedUntil, nightCalls }: Candidate): void {
    const owner = this.#owner;
    if (pausedUntil !== null && pausedUntil > this.at.now) {
      this.#excluded.push({ participantId, reason: 'paused', sharedWith: null });
      return;
    }
    if (this.at.night && !nightCalls) {
      this.#excluded.push({ participantId, reason: 'night', sharedWith: null });
      return;
    }
    const own = [...new Set(phones)].filter((phone) => !owner.has(phone));
    if (own.length === 0) {
      const spare = phones.find((phone) => (owner.get(phone)?.phones.length ?? 0) > 1);
      const before = spare === undefined ? undefined : owner.get(spare);
      if (spare === undefined || !before) {
        const sharedWith = phones.flatMap((phone) => owner.get(phone)?.participantId ?? []).at(0) ?? null;
        this.#excluded.push({ participantId, reason: 'shared_number', sharedWith });
        return;
      }
      before.phones = before.phones.filter((phone) => phone !== spare);
      own.push(spare);
    }
    const callee = { participantId, phones: own };
    for (const phone of own) owner.set(phone, callee);
    this.#selected.push(callee);
  }
}

/** Counts of excluded participants by reason. Reasons that do not occur are absent. */
export function countExcluded(excluded: readonly Excluded[]): Partial<Record<Exclusion, number>> {
  const counts: Partial<Record<Exclusion, number>> = {};
  for (const { reason } of excluded) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
