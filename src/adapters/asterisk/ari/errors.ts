/** Thrown when Asterisk refuses a request or cannot be reached. Stays inside the adapter. */
export class AriError extends Error {
  override readonly name = 'AriError';
  constructor(
    /** HTTP status; 0 when Asterisk gave no answer. */
    readonly status: number,
    message: string,
    options: ErrorOptions & { readonly unsent?: boolean } = {},
  ) {
    super(message, options);
    this.unsent = options.unsent ?? false;
  }

  /** The request was never sent, so it changed nothing. */
  readonly unsent: boolean;

  /** The call, playback or bridge does not exist, or no longer exists. */
  get gone(): boolean {
    return this.status === 404 || this.status === 409 || this.status === 412;
  }

  /** Asterisk gave no answer, so it may or may not have carried out the request. */
  get unanswered(): boolean {
    return this.status === 0;
  }
}

/** Thrown when Asterisk cannot be used at all. The message tells the administrator what to do. */
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
