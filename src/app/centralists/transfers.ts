import type { CentralistId } from '../../domain/action.js';
import type { CallId } from '../../ports/call.js';
import type { Log } from '../../ports/log.js';
import type { TransferRequest } from '../../ports/telephony.js';
import type { Softphones } from './softphones.js';
import type { HandedOver, ColleagueCalls } from './colleague-calls.js';

/** The tip line, as far as it passes callers on. */
export interface TransfersTips {
  /** @param from the softphone's call in which the caller is; `failed` when there is no caller in it */
  transfer(from: CallId, to: { readonly centralistId: CentralistId } | HandedOver): Promise<'done' | 'failed'>;
}

export interface TransfersParts {
  readonly desks: Softphones;
  readonly internal: ColleagueCalls;
  readonly tips: TransfersTips;
  readonly log: Log;
}

/**
 * What a centralist passes on from their softphone:
 *
 *   a caller, to an extension                       → that colleague is rung
 *   a caller, to a colleague they are talking with  → is connected with them at once; whichever of the two calls it is
 *                                                     asked in, and whoever of the two had dialled
 *   anything else, such as a colleague to another   → refused
 */
export class Transfers {
  constructor(private readonly parts: TransfersParts) {}

  /** Never throws: it tells the softphone how it went. */
  take(centralist: CallId, request: TransferRequest): void {
    const { log } = this.parts;
    this.#carryOut(centralist, request)
      .catch((error: unknown) => {
        log.error('a transfer failed', {
          callId: centralist,
          error: error instanceof Error ? error.stack : String(error),
        });
        return false;
      })
      .then((done) => request.report(done ? 'done' : 'failed'))
      .catch((error: unknown) => {
        log.warn('a softphone could not be told of its transfer', { callId: centralist, error: String(error) });
      });
  }

  async #carryOut(centralist: CallId, request: TransferRequest): Promise<boolean> {
    const { desks, internal, tips } = this.parts;
    if (request.consulted !== undefined) {
      if (internal.isInternal(centralist) && internal.isInternal(request.consulted)) return false;
      const [withColleague, withCaller] = internal.isInternal(centralist)
        ? [centralist, request.consulted]
        : [request.consulted, centralist];
      return internal.handOver(withColleague, async (to) => (await tips.transfer(withCaller, to)) === 'done');
    }
    const colleague = request.to === undefined ? undefined : desks.ofExtension(request.to);
    if (!colleague || internal.isInternal(centralist)) return false;
    await request.report('ringing');
    return (await tips.transfer(centralist, { centralistId: colleague.id })) === 'done';
  }
}
