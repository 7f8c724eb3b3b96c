import type { ActionId, CentralistId } from '../../domain/action.js';
import type { AttemptId } from '../../domain/attempt.js';
import type { CallId } from '../../ports/call.js';

/**
 * Ids of our calls and names of our recordings. An id is known before its call exists, and differs from the
 * ids of other installations on the same Asterisk.
 */
export class CallIds {
  readonly #prefix: string;

  constructor(private readonly instanceId: string) {
    this.#prefix = `bn-${instanceId}-`;
  }

  ofAttempt(id: AttemptId): CallId {
    return `${this.#prefix}a${id}`;
  }

  /** The subject of all calls of an action. */
  subjectOf(actionId: ActionId): string {
    return `${this.#prefix}${actionId}`;
  }

  /** The call to a softphone for a caller of the tip line; `leg` counts from 1 for each caller. */
  ofDesk(inboundId: number, leg: number, centralistId: CentralistId): CallId {
    return `${this.#prefix}d${inboundId}-${leg}-${centralistId}`;
  }

  /** The caller's call, the leg and the centralist in an id of {@link ofDesk}; undefined for other ids. */
  deskOf(
    id: CallId,
  ): { readonly inboundId: number; readonly leg: number; readonly centralistId: CentralistId } | undefined {
    const match = /^d(\d+)-(\d+)-(\d+)$/.exec(id.slice(this.#prefix.length));
    return this.isOurs(id) && match
      ? { inboundId: Number(match[1]), leg: Number(match[2]), centralistId: Number(match[3]) }
      : undefined;
  }

  /** A test call, in which a centralist hears the alert as a citizen does; `at`: ms UTC. */
  ofTestCall(actionId: ActionId, at: number): CallId {
    return `${this.#prefix}t${actionId}-${at}`;
  }

  /** One of the two calls of a callback. */
  ofCallback(id: number, leg: 'desk' | 'participant'): CallId {
    return `${this.#prefix}c${id}-${leg}`;
  }

  /** A call from one centralist to another; `at`: ms UTC. */
  ofColleague(colleague: CentralistId, at: number): CallId {
    return `${this.#prefix}i${colleague}-${at}`;
  }

  /** The called colleague in an id of {@link ofColleague}; undefined for other ids. */
  colleagueOf(id: CallId): CentralistId | undefined {
    const match = /^i(\d+)-\d+$/.exec(id.slice(this.#prefix.length));
    return this.isOurs(id) && match ? Number(match[1]) : undefined;
  }

  /** Name of a recording of a centralist at the telephone; `at`: ms UTC. */
  ofDeskRecording(at: number, count: number): string {
    return `${this.#prefix}r${at}-${count}`;
  }

  /** Name of a recorded tip; `take` counts from 1 in a call, because a caller may record more than once. */
  tipRecording(inboundId: number, take: number): string {
    return `tip-${this.instanceId}-${inboundId}${take > 1 ? `-${take}` : ''}`;
  }

  /** Name of a recorded conversation; `talk` counts from 1 in a call. */
  talkRecording(inboundId: number, talk: number): string {
    return `talk-${this.instanceId}-${inboundId}${talk > 1 ? `-${talk}` : ''}`;
  }

  isOurs(id: CallId): boolean {
    return id.startsWith(this.#prefix);
  }
}
