import type { ActionAnswer } from '../adapters/http/routes/action-schemas.js';
import type { ActionCounts } from '../app/services.js';
import { deferred } from '../lib/deferred.js';
import type { Api } from './api-client.js';
import { CliError } from './cli-error.js';
import type { CliContext } from './context.js';

/** The counts are requested at least once in this time, with or without events. */
const POLL_MS = 1_000;
/** The counts are requested at most once in this time, because events come in bursts. */
const PAUSE_MS = 200;

/** Shows the live counts of an action until everyone has been called. Throws {@link CliError} for a draft. */
export async function watchAction(context: CliContext, api: Api, id: string): Promise<ActionAnswer> {
  const first = await api.get<ActionAnswer>(`/actions/${id}`);
  if (first.state === 'draft')
    throw new CliError([`action ${first.number} has not started: burgernet actions start ${id}`]);
  const stop = new AbortController();
  let news = deferred<void>();
  void api.listen(`/actions/${id}/events`, () => news.resolve(), stop.signal);
  try {
    for (let action = first; ; action = await api.get<ActionAnswer>(`/actions/${id}`)) {
      context.status(watchLine(action));
      if (isCalledOut(action.counts)) return action;
      await Promise.race([news.promise, sleep(POLL_MS, stop.signal)]);
      await sleep(PAUSE_MS, stop.signal);
      news = deferred<void>();
    }
  } finally {
    stop.abort();
    context.statusDone();
  }
}

export function isCalledOut({ waiting, dialing, ringing, in_call }: ActionCounts): boolean {
  return waiting + dialing + ringing + in_call === 0;
}

/** The counts of an action on one line. */
export function watchLine({
  number,
  state,
  simulated,
  counts,
  warning,
}: Pick<ActionAnswer, 'number' | 'state' | 'simulated' | 'counts' | 'warning'>): string {
  const figures = [
    `${counts.reached} of ${counts.selected} reached`,
    `${counts.waiting} waiting`,
    `${counts.dialing} dialing`,
    `${counts.ringing} ringing`,
    `${counts.in_call} in call`,
  ];
  return `${simulated ? 'SIMULATION: ' : ''}action ${number} ${state}: ${figures.join(', ')}${warning === null ? '' : `  ! ${warning}`}`;
}

/** Resolves after `ms`, or when the signal aborts. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
