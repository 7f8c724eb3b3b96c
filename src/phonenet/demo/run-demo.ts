import { setTimeout as pause } from 'node:timers/promises';
import { formatReport } from '../../cli/report.js';
import { orAborted } from '../../lib/abort.js';
import { Closers } from '../../lib/closers.js';
import { spokenSound } from '../spoken-sounds.js';
import { townCsv } from '../town.js';
import { attemptsOf, createAction, follow, isCalledOut } from './action.js';
import type { Account, ActionNow, Imported, InboundNow, TipNow } from './api-answers.js';
import { formatChecks, type Check } from './checks.js';
import { createProgress, type Progress } from './progress.js';
import { newSound, readPrompts, renderedSounds } from './reference-sounds.js';
import { CPS, LINES, makeSetting, type Setting } from './setting.js';
import { stay } from './stay.js';
import { playStory } from './story.js';
import { hearAlerts, verify } from './verify.js';

/**
 * One whole action on real telephones: our service and its Asterisk on one side, a simulated phone network on the other.
 * Everybody is called, tips come in, the action is closed, and what happened is checked at the far end. Gives the exit
 * code: 0 when everything that must happen did.
 */
export async function runDemo(options: { readonly stay: boolean }): Promise<number> {
  const stopped = new AbortController();
  const onSignal = (): void => {
    stopped.abort(new Error('stopped'));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const closers = new Closers((error) => {
    console.error(`something did not end: ${String(error)}`);
  });
  const progress = createProgress({ isTTY: process.stdout.isTTY, write: (text) => void process.stdout.write(text) });
  const work = demo(options, closers, progress, stopped.signal);
  try {
    return await orAborted(work, stopped.signal);
  } catch (error) {
    progress.end();
    console.error(stopped.signal.aborted ? 'stopped' : `the demo failed: ${String(error)}`);
    return 1;
  } finally {
    await closers.close();
    // Without a service it fails soon, if it had not ended; what it was just starting is ended as well.
    await work.catch(() => undefined);
    await closers.close();
    for (const signal of signals) process.off(signal, onSignal);
  }
}

async function demo(
  options: { readonly stay: boolean },
  closers: Closers,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const began = performance.now();
  progress.say('starting the simulated phone network, our Asterisk and the service …');
  const setting = await makeSetting(closers, options.stay, signal);
  progress.say(
    `ready after ${((performance.now() - began) / 1000).toFixed(1)} s: ${LINES} lines, ${CPS} calls a second`,
  );
  const checks = await Promise.race([action(setting, progress), setting.service.died]);
  const failed = checks.filter(({ ok }) => !ok).length;
  console.log(
    `\nChecked at the far end, from the phone network's own ledger and recordings\n${formatChecks(checks)}\n`,
  );
  console.log(
    `${checks.length - failed} of ${checks.length} checks passed; ${((performance.now() - began) / 1000).toFixed(0)} s in all`,
  );
  if (options.stay) await Promise.race([stay(setting, signal), setting.service.died]);
  return failed === 0 ? 0 : 1;
}

async function action(setting: Setting, progress: Progress): Promise<Check[]> {
  const { network, service, town, dataDir } = setting;
  const { api } = service;
  const account = await api.post<Account>('/centralists', { name: 'Meldkamer', extension: '101' });
  await network.softphone(account.sip, { type: 'answers', afterMs: 600, says: spokenSound('desk') });
  progress.say('a softphone has registered for the centralist');
  const imported = await api.upload<Imported>('/participants/import', 'text/csv', new Blob([townCsv(town)]));
  progress.say(
    `${imported.imported} participants of Dronten and around it imported, ${imported.rejected.length} rejected`,
  );

  const prompts = await readPrompts();
  const before = await renderedSounds(dataDir);
  const created = await createAction(api, account.id);
  const message = await newSound(dataDir, before);
  const againAfterMs = Math.round(2_000 * created.message.seconds) + 5_000;
  await network.setCitizens(town.citizens.map((citizen) => ({ ...citizen, againAfterMs })));
  progress.say(`action ${created.number}, a missing child: ${created.plan.selected} people selected; starting`);

  const startedAt = performance.now();
  const show = (now: ActionNow): void => {
    progress.show(now.counts, (performance.now() - startedAt) / 1000);
  };
  await api.post(`/actions/${created.id}/start`);
  const [story] = await Promise.all([
    playStory({
      network,
      town,
      sounds: { message, prompt: prompts },
      say: (line) => {
        progress.say(line);
      },
    }),
    follow(api, created.id, { enough: isCalledOut, show, withinMs: 150_000 }),
  ]);

  progress.say('everybody has been called; the child is found: closing');
  const alertsHeard = hearAlerts({ network, prompts, message });
  const beforeClosing = await renderedSounds(dataDir);
  const closedAt = Date.now();
  await api.post(`/actions/${created.id}/close`, { result: 'found' });
  const closing = await newSound(dataDir, beforeClosing);
  const done = await follow(api, created.id, { enough: (now) => isClosedOut(setting, now), show, withinMs: 90_000 });
  progress.end();

  const attempts = await api.get<Awaited<ReturnType<typeof attemptsOf>>>(`/actions/${created.id}/attempts`);
  const tips = await api.get<TipNow[]>(`/tips?actionId=${created.id}`);
  const inbound = await api.get<InboundNow[]>('/inbound');
  console.log(
    `\n${formatReport({ action: done, counts: done.counts, timeline: done.timeline, attempts, tips, inbound })}`,
  );
  return verify({ api, network, town, action: created, story, prompts, message, closing, closedAt }, await alertsHeard);
}

/** Every closing call is over, in the service and on the phone network; looked at twice, for more may be coming. */
async function isClosedOut({ service, network }: Setting, now: ActionNow): Promise<boolean> {
  if (!isCalledOut(now) || now.counts.closing_called === 0) return false;
  const over = async (): Promise<boolean> => {
    const attempts = await attemptsOf(service.api, now.id, 'closing');
    const calls = await network.ledger();
    return attempts.every(({ outcome }) => outcome !== null) && calls.every(({ endedAt }) => endedAt !== null);
  };
  if (!(await over())) return false;
  await pause(1_000);
  return over();
}
