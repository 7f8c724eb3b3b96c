import type { CallId } from '../../../ports/call.js';
import type { AriLink } from '../ari/ari-link.js';
import { AriError } from '../ari/errors.js';

/**
 * What became of an order of a call that failed: `refused`, or it was not answered and may have been carried out. Then the
 * call is looked for once requests are answered again, which is after this one was, for they are carried out in order:
 * it is `there`, or it is `gone`; `over` when its end was told meanwhile.
 */
export async function fateOfOrder(
  error: unknown,
  call: { readonly id: CallId; readonly over: boolean; readonly ended: Promise<unknown> },
  link: AriLink,
): Promise<'refused' | 'there' | 'gone' | 'over'> {
  if (!(error instanceof AriError) || !error.unanswered || error.unsent) return 'refused';
  for (;;) {
    await Promise.race([link.whenUp(), call.ended]);
    if (call.over) return 'over';
    try {
      await link.request('GET', `channels/${call.id}`);
      return 'there';
    } catch (refusal) {
      if (!(refusal instanceof AriError)) throw refusal;
      if (!refusal.unanswered) return 'gone';
    }
  }
}
