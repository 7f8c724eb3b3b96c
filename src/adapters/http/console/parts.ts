import type { Clock } from '../../../ports/clock.js';
import type { TokenCheck } from '../auth.js';
import type { WrongTokens } from '../guesses.js';
import type { HttpParts } from '../route.js';
import type { Sessions } from '../sessions.js';
import type { CallBoard } from './call-board.js';

/** What the pages of the console are made on. */
export interface ConsoleParts extends HttpParts {
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly isToken: TokenCheck;
  readonly wrongTokens: WrongTokens;
  readonly board: CallBoard;
}
