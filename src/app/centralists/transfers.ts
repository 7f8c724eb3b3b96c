import type { CentralistId } from '../../domain/action.js';
import type { CallId } from '../../ports/call.js';
import type { Log } from '../../ports/log.js';
import type { TransferRequest } from '../../ports/telephony.js';
import type { Softphones } from './softphones.js';
import type { HandedOver, ColleagueCalls } from './colleague-calls.js';

/** The tip line, as far as transfers need it. */
export interface TransfersTips {
  /** @param from the centralist's call leg; resolves with `failed` when no caller is connected to it */
  transfer(from: CallId, to: { readonly centralistId: CentralistId } | HandedOver): Promise<'done' | 'failed'>;
}

export interface TransfersParts {
  readonly softphones: Softphones;
  readonly colleagueCalls: ColleagueCalls;
  readonly tips: TransfersTips;
  readonly log: Log;
}

/**
 * Transfers that centralists make with their softphone:
 *
 *   a caller, to an extension                     → the colleague is rung
 *   a caller, to a colleague they are talking to  → connected at once, whichever of the two calls the
 *                                                   transfer was made in, and whichever side dialled
 *   anything else, such as a colleague            → refused
 */
export class Transfers {
  constructor(private readonly parts: TransfersParts) {}

  /** Carries out a transfer and reports the result to the softphone. Never throws. */
  take(centralist: CallId, request: TransferRequest): void {
    const { log } = this.parts;
    this.#carryOut(centralist, request)
      .catch((error: unknown) => {
        log.error('transfer failed', {
          callId: centralist,
          error: error instanceof Error ? error.stack : String(error),
        });
        return false;
      })
      .then((done) => request.report(done ? 'done' : 'failed'))
      .catch((error: unknown) => {
        log.warn('transfer result could not be reported to the softphone', {
          callId: centralist,
          error: String(error),
        });
      });
  }

  async #carryOut(centralist: CallId, request: TransferRequest): Promise<boolean> {
    const { softphones, colleagueCalls, tips } = this.parts;
    if (request.consulted !== undefined) {
      if (colleagueCalls.has(centralist) && colleagueCalls.has(request.consulted)) return false;
      const [withColleague, withCaller] = colleagueCalls.has(centralist)
        ? [centralist, request.consulted]
        : [request.consulted, centralist];
      return colleagueCalls.handOver(withColleague, async (to) => (await tips.transfer(withCaller, to)) === 'done');
    }
    const colleague = request.to === undefined ? undefined : softphones.ofExtension(request.to);
    if (!colleague || colleagueCalls.has(centralist)) return false;
    await request.report('ringing');
    return (await tips.transfer(centralist, { centralistId: colleague.id })) === 'done';
  }
}
