/** State of the registration with the operator. */
export type Registration =
  | { readonly type: 'unknown' }
  | { readonly type: 'registered' }
  /** The operator refused, and Asterisk did not try again at once. `phrase`: the reason phrase. */
  | { readonly type: 'refused'; readonly status: number; readonly phrase: string }
  | { readonly type: 'silent' };

const ACCOUNT = 'BURGERNET_TRUNK_USER and BURGERNET_TRUNK_PASSWORD';

const ADVICE: Readonly<Record<number, string>> = {
  401: `user or password is wrong: check ${ACCOUNT}`,
  403: `check ${ACCOUNT}, and ask the operator whether the account is blocked and our address is admitted`,
  404: 'the operator does not know this account: check BURGERNET_TRUNK_USER and BURGERNET_TRUNK',
  407: `user or password is wrong: check ${ACCOUNT}`,
  423: 'the operator wants longer registrations than Asterisk offers: ask the operator',
  429: 'the operator limits our registrations: registering is tried again by itself; ask the operator if this lasts',
};

/**
 * Advice for the administrator of this installation about a registration that was refused with this SIP
 * status.
 */
export function adviceOn(status: number): string {
  if (ADVICE[status] !== undefined) return ADVICE[status];
  if (status < 400) return 'the operator accepts registrations elsewhere: check BURGERNET_TRUNK';
  if (status >= 500)
    return 'the operator cannot accept it now: registering is tried again by itself; ask the operator if this lasts';
  return `check BURGERNET_TRUNK, ${ACCOUNT}, and ask the operator`;
}
