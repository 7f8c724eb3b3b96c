/** Thrown when Asterisk refuses a request or cannot be reached. Stays inside the adapter. */
export class AriError extends Error {
  override readonly name = 'AriError';
  constructor(
    /** HTTP status; 0 when there was no answer at all. */
    readonly status: number,
    message: string,
    options: ErrorOptions & { /** It never left: nothing can have happened. */ readonly unsent?: boolean } = {},
  ) {
    super(message, options);
    this.unsent = options.unsent ?? false;
  }

  readonly unsent: boolean;

  /** The call, playback or bridge is not there (any more). */
  get gone(): boolean {
    return this.status === 404 || this.status === 409 || this.status === 412;
  }

  /** Whether the answer never came: what was asked may or may not have happened. */
  get unanswered(): boolean {
    return this.status === 0;
  }
}

/** Thrown when Asterisk cannot be used at all. The message tells the operator what to do. */
export class AsteriskUnusable extends Error {
  override readonly name = 'AsteriskUnusable';
  constructor(
    readonly code: 'missing' | 'too_old' | 'wrong_password' | 'unreachable' | 'port_in_use' | 'start_failed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
