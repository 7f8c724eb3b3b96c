/** What stands in the way of actions or of their tips: said before an action starts, and while it runs. */
export type Warning =
  | { readonly code: 'asterisk_down'; readonly reason: string }
  /** The operator answers nothing. */
  | { readonly code: 'trunk_down'; readonly reason: string }
  /** The operator does not register us, with this SIP status; null: it leaves our registration unanswered. */
  | { readonly code: 'trunk_refused'; readonly sipStatus: number | null; readonly reason: string }
  /** Somebody tries passwords: of the API and the console (`http`), or of softphones (`sip`). */
  | {
      readonly code: 'guessing';
      readonly door: 'http' | 'sip';
      /** An address, or the account that is tried. */
      readonly source: string;
      /** Wrong ones so far. */
      readonly tries: number;
      readonly reason: string;
    };

/** In English, for programs and for the operator of this installation: what it means, and what to do. */
export function warningText(warning: Warning): string {
  switch (warning.code) {
    case 'asterisk_down':
      return `nobody can be called: ${warning.reason}`;
    case 'trunk_down':
      return `nobody may be reached: ${warning.reason}`;
    case 'trunk_refused':
      return `no tips may come in, and calls may be refused: ${warning.reason}`;
    case 'guessing':
      return warning.reason;
  }
}
