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

  ofDesk(inboundId: number, leg: number): CallId {
    return `${this.#prefix}d${inboundId}-${leg}`;
  }

  isOurs(id: CallId): boolean {
    return id.startsWith(this.#prefix);
  }

  attemptOf(id: CallId): AttemptId | undefined {
    const match = /^a(\d+)$/.exec(id.slice(this.#prefix.length));
    return this.isOurs(id) && match ? Number(match[1]) : undefined;
  }
}
