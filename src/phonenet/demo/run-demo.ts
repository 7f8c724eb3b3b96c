import { orAborted } from '../../lib/abort.js';
import { Closers } from '../../lib/closers.js';
import { formatChecks } from './checks.js';
import { joinSetting, type Joined } from './join-setting.js';
import { playAction } from './play-action.js';
import { playUpgrade } from './play-upgrade.js';
import { createProgress, type Progress } from './progress.js';
import { makeSetting } from './setting.js';
import { stay } from './stay.js';

export interface DemoOptions {
  readonly stay: boolean;
  /** A service that is already running, in place of one of our own. */
  readonly joined?: Joined;
  /** Plays an action during which the service is replaced, instead of the whole action. */
  readonly upgrade?: boolean;
}

/**
 * Plays one whole action over SIP: our service and its Asterisk on one side, a simulated phone network on the
 * other. Everybody is called, tips come in, the action is closed, and the results are checked at the far end.
 * Resolves with the exit code: 0 when every check passed.
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const stopped = new AbortController();
  const onSignal = (): void => {
    stopped.abort(new Error('stopped'));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const closers = new Closers((error) => {
    console.error(`a part of the demo did not end: ${String(error)}`);
  });
  const progress = createProgress({ isTTY: process.stdout.isTTY, write: (text) => void process.stdout.write(text) });
  let checked: number | undefined;
  const work = demo(options, closers, progress, stopped.signal, (code) => {
    checked = code;
  });
  try {
    return await orAborted(work, stopped.signal);
  } catch (error) {
    progress.end();
    // With --stay the demo keeps running, and Ctrl-C is its normal end.
    if (stopped.signal.aborted && checked !== undefined) return checked;
    console.error(stopped.signal.aborted ? 'stopped' : `the demo failed: ${String(error)}`);
    return 1;
  } finally {
    await closers.close();
    // Without the service, work that has not ended yet soon fails. The second close ends the parts that the
    // work was just starting.
    await work.catch(() => undefined);
    await closers.close();
    for (const signal of signals) process.off(signal, onSignal);
  }
}

async function demo(
  options: DemoOptions,
  closers: Closers,
  progress: Progress,
  signal: AbortSignal,
  onChecked: (code: number) => void,
): Promise<number> {
  const began = performance.now();
  const { joined } = options;
  const others = joined ? `, and waiting for the service at ${joined.url}` : ', our Asterisk and the service';
  progress.say(`starting the simulated phone network${others} …`);
  const setting = await (joined ? joinSetting(joined, closers, signal) : makeSetting(closers, options.stay, signal));
  progress.say(
    `ready after ${((performance.now() - began) / 1000).toFixed(1)} s: ${setting.limits.lines} lines, ${setting.limits.cps} calls a second`,
  );
  const play = options.upgrade ? playUpgrade : playAction;
  const checks = await Promise.race([play(setting, progress), setting.service.died]);
  const failed = checks.filter(({ ok }) => !ok).length;
  const code = failed === 0 ? 0 : 1;
  console.log(
    `\nChecked at the far end, from the phone network's own ledger and recordings\n${formatChecks(checks)}\n`,
  );
  console.log(
    `${checks.length - failed} of ${checks.length} checks passed; ${((performance.now() - began) / 1000).toFixed(0)} s in all`,
  );
  if (!options.stay) return code;
  onChecked(code);
  await Promise.race([stay(setting, signal), setting.service.died]);
  return code;
}
