import type { Area } from '../../domain/area.js';
import { withDistance, byDistance, type WithDistance } from '../../domain/coordinates.js';
import { SelectionBuilder, type Candidate, type Selection } from '../../domain/selection.js';
import { eachInTurn, ROWS_A_TURN } from '../../lib/each-in-turn.js';
import { sortedParts } from '../../lib/sorted-parts.js';
import type { ParticipantStore } from '../../ports/stores.js';

/**
 * Selects the participants of an area at this moment. The work is done in slices, so that calls go on between
 * them. `check` throws to stop it.
 */
export async function selectPeople(
  participants: Pick<ParticipantStore, 'candidates'>,
  area: Area,
  at: { readonly now: number; readonly night: boolean },
  check: () => void,
): Promise<Selection> {
  const selecting = new SelectionBuilder(at);
  const candidates = participants.candidates(area);
  const { near } = area;
  if (near) {
    const people: WithDistance<Candidate>[] = [];
    const measure = (slice: Iterable<Candidate>): void => {
      for (const candidate of slice) people.push(withDistance(candidate, near));
    };
    await eachInTurn(candidates, measure, check);
    const take = (part: readonly WithDistance<Candidate>[]): void => {
      selecting.add(part.map(({ candidate }) => candidate));
    };
    await eachInTurn(sortedParts(people, byDistance, ROWS_A_TURN), take, check);
  } else {
    const take = (slice: Iterable<Candidate>): void => {
      selecting.add(slice);
    };
    await eachInTurn(candidates, take, check);
  }
  return selecting.selection;
}
