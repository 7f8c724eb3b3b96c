import type { ActionId, CentralistId } from '../../domain/action.js';
import type { AttemptId } from '../../domain/attempt.js';
import type { CallId } from '../../ports/call.js';

/** Ids of our calls: known before the call exists, and apart from those of other installations on the same Asterisk. */
export class CallIds {
  readonly #prefix: string;

  constructor(private readonly instanceId: string) {
    this.#prefix = `bn-${instanceId}-`;
  }

  ofAttempt(id: AttemptId): CallId {
    return `${this.#prefix}a${id}`;
  }

  /** What the calls of an action are about. */
  subjectOf(actionId: ActionId): string {
    return `${this.#prefix}${actionId}`;
  }

  /** A softphone is rung for a call to the tip line; `leg` counts from 1 in that call. */
  ofDesk(inboundId: number, leg: number, centralistId: CentralistId): CallId {
    return `${this.#prefix}d${inboundId}-${leg}-${centralistId}`;
  }

  /** For which call to the tip line a softphone rang, which of its legs that was, and whose softphone. */
  deskOf(
    id: CallId,
  ): { readonly inboundId: number; readonly leg: number; readonly centralistId: CentralistId } | undefined {
    const match = /^d(\d+)-(\d+)-(\d+)$/.exec(id.slice(this.#prefix.length));
    return this.isOurs(id) && match
      ? { inboundId: Number(match[1]), leg: Number(match[2]), centralistId: Number(match[3]) }
      : undefined;
  }

  /** A centralist hears what a citizen hears; `at`: ms UTC. */
  ofTestCall(actionId: ActionId, at: number): CallId {
    return `${this.#prefix}t${actionId}-${at}`;
  }

  /** The two calls of a call back. */
  ofCallback(id: number, leg: 'desk' | 'participant'): CallId {
    return `${this.#prefix}c${id}-${leg}`;
  }

  /** A centralist rings a colleague's softphone; `at`: ms UTC. */
  ofColleague(colleague: CentralistId, at: number): CallId {
    return `${this.#prefix}i${colleague}-${at}`;
  }

  /** Whose softphone a colleague rang. */
  colleagueOf(id: CallId): CentralistId | undefined {
    const match = /^i(\d+)-\d+$/.exec(id.slice(this.#prefix.length));
    return this.isOurs(id) && match ? Number(match[1]) : undefined;
  }

  /** The name of what a centralist says to us; `at`: ms UTC. */
  ofDeskRecording(at: number, count: number): string {
    return `${this.#prefix}r${at}-${count}`;
  }

  /** Name of a caller's recorded tip; `take` counts from 1, as they may record more than once in a call. */
  tipRecording(inboundId: number, take: number): string {
    return `tip-${this.instanceId}-${inboundId}${take > 1 ? `-${take}` : ''}`;
  }

  /** Name of a recorded conversation; `talk` counts from 1 in a call to the tip line. */
  talkRecording(inboundId: number, talk: number): string {
    return `talk-${this.instanceId}-${inboundId}${talk > 1 ? `-${talk}` : ''}`;
  }

  isOurs(id: CallId): boolean {
    return id.startsWith(this.#prefix);
  }
}
