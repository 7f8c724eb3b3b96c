/** SIP account of a centralist. */
export interface DeskAccount {
  readonly username: string;
  readonly password: string;
  readonly displayName: string;
  /**
   * Addresses that guess the password: SIP requests from them
   * under this name are refused, even with the right password.
   */
  readonly refused?: readonly string[];
}

/** A password that was tried for a softphone's account, or for a name that has no account. */
export interface PasswordTry {
  readonly username: string;
  readonly address: string;
  /** `wrong` also when the address was refused before its password was checked. */
  readonly result: 'registered' | 'wrong';
}

/** The SIP accounts of centralists' softphones, and their registrations. */
export interface SoftphoneAccounts {
  /**
   * Creates or replaces a centralist's account. The softphone can register within a second, without a
   * restart. Safe to repeat. Rejects when the telephony refuses the account, and then keeps nothing of it.
   */
  provisionDesk(account: DeskAccount): Promise<void>;
  /**
   * Removes the account at once: its softphone loses its
   * registration and can neither ring nor call. Live calls go on.
   */
  removeDesk(username: string): Promise<void>;
  /** Whether the centralist's softphone is registered now. */
  deskRegistered(username: string): Promise<boolean>;
  /** Calls the listener when a softphone registers or loses its registration. */
  onRegistration(listener: (username: string, registered: boolean) => void): () => void;
  /**
   * Calls the listener with every password tried. Never calls it for a
   * remote Asterisk, whose SIP messages cannot be seen.
   */
  onPasswordTry(listener: (tried: PasswordTry) => void): () => void;
  /**
   * Calls the listener when an account was created again: with the reason
   * of Asterisk's refusal, or undefined when it was accepted.
   */
  onAccountMadeAgain(listener: (username: string, fault: string | undefined) => void): () => void;
}
