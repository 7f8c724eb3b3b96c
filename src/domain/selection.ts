import type { Coordinates } from './coordinates.js';
import type { ParticipantId } from './participant.js';
import type { E164 } from './phone-number.js';

/** Why somebody in the area is not called. */
export const EXCLUSIONS = ['paused', 'night', 'declined', 'shared_number'] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

/** Somebody whose postcode lies in the area. */
export interface Candidate {
  readonly participantId: ParticipantId;
  readonly phones: readonly E164[];
  readonly pausedUntil: number | null;
  readonly nightCalls: boolean;
  /** Where those of their postcodes are that lie in the area, as far as that is known and asked for. */
  readonly places?: readonly Coordinates[];
}

/** Somebody to call, with the numbers that are theirs to try in this action. */
export interface Selected {
  readonly participantId: ParticipantId;
  readonly phones: readonly E164[];
}

/** Somebody of the area who is not called by a call of their own, and why. */
export interface Excluded {
  readonly participantId: ParticipantId;
  readonly reason: Exclusion;
  /** For `shared_number`: who is called on the number they share. */
  readonly sharedWith: ParticipantId | null;
}

export interface Selection {
  readonly selected: readonly Selected[];
  readonly excluded: readonly Excluded[];
}

/**
 * Who is called, in which order, and for each one left out, why. One call per person and per number: a number shared by
 * several people is called for one of them and reaches them all: for the first of them who has no other number to be
 * called on, or it would not be called any more once that person was reached on the other; when all have others, for the
 * first. Who has no number left is left out as `shared_number`.
 */
export function select(candidates: Iterable<Candidate>, at: { now: number; night: boolean }): Selection {
  const selecting = new Selecting(at);
  selecting.add(candidates);
  return selecting.selection;
}

/** A selection that is made slice by slice, in the order of the candidates; see {@link select}. */
export class Selecting {
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

  /** Complete once every candidate was added: until then somebody may still lose a number to a later one. */
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

/** Counts of the excluded by reason, only those that occur. */
export function countExcluded(excluded: readonly Excluded[]): Partial<Record<Exclusion, number>> {
  const counts: Partial<Record<Exclusion, number>> = {};
  for (const { reason } of excluded) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
