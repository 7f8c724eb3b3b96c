import type { ActionId } from '../domain/action.js';
import type { AttemptId } from '../domain/attempt.js';
import type { CallId } from '../ports/call.js';

/** Ids of our calls: known before the call exists, and apart from those of other installations on the same Asterisk. */
export class CallIds {
  readonly #prefix: string;

  constructor(instanceId: string) {
    this.#prefix = `bn-${instanceId}-`;
  }

  ofAttempt(id: AttemptId): CallId {
    return `${this.#prefix}a${id}`;
  }

  /** What the calls of an action are about. */
  subjectOf(actionId: ActionId): string {
    return `${this.#prefix}${actionId}`;
  }

  ofDesk(inboundId: number, leg: number): CallId {
    return `${this.#prefix}d${inboundId}-${leg}`;
  }

  /** Which call to the tip line a softphone rang for, and the how manieth time. */
  deskOf(id: CallId): { readonly inboundId: number; readonly leg: number } | undefined {
    const match = /^d(\d+)-(\d+)$/.exec(id.slice(this.#prefix.length));
    return this.isOurs(id) && match ? { inboundId: Number(match[1]), leg: Number(match[2]) } : undefined;
  }

  isOurs(id: CallId): boolean {
    return id.startsWith(this.#prefix);
  }

  attemptOf(id: CallId): AttemptId | undefined {
    const match = /^a(\d+)$/.exec(id.slice(this.#prefix.length));
    return this.isOurs(id) && match ? Number(match[1]) : undefined;
  }
}
