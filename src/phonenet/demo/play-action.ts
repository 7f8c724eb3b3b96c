import { setTimeout as pause } from 'node:timers/promises';
import { formatReport } from '../../cli/report.js';
import { spokenSound } from '../spoken-sounds.js';
import { townCsv } from '../town/town.js';
import type { SoftphoneAccount } from '../softphone.js';
import { addCentralist, attemptsOf, closingOf, createAction, follow, isCalledOut } from './action.js';
import type { Account, ActionNow, Imported, InboundNow, TipNow } from './api-answers.js';
import type { Check } from './checks.js';
import type { Progress } from './progress.js';
import { newSound, readPrompts, renderedSounds } from './reference-sounds.js';
import type { Setting } from './setting.js';
import { playStory } from './story.js';
import { verify } from './verify.js';

/** Plays a whole action, from sign-up to the closing calls. Resolves with the checks. */
export async function playAction(setting: Setting, progress: Progress): Promise<Check[]> {
  const { network, service, town, dataDir, limits } = setting;
  const { api } = service;
  const beganAt = Date.now();
  const earlier = (await api.get<ActionNow[]>('/actions')).length;
  const account = await addCentralist(api);
  await network.softphone(softphoneOf(account, setting), { type: 'answers', afterMs: 600, says: spokenSound('desk') });
  progress.say('a softphone has registered for the centralist');
  const imported = await api.upload<Imported>('/participants/import', 'text/csv', new Blob([townCsv(town)]));
  progress.say(
    `${imported.imported} participants of Dronten and around it imported, ${imported.rejected.length} rejected`,
  );

  const prompts = await readPrompts();
  const before = await renderedSounds(dataDir);
  const created = await createAction(api, account.id, earlier);
  const message = await newSound(dataDir, before, created.message.seconds);
  const againAfterMs = Math.round(2_000 * created.message.seconds) + 5_000;
  await network.setCitizens(town.citizens.map((citizen) => ({ ...citizen, againAfterMs })));
  progress.say(`action ${created.number}, a missing child: ${created.plan.selected} people selected; starting`);

  const startedAt = performance.now();
  const show = (now: ActionNow): void => {
    progress.show(now.counts, (performance.now() - startedAt) / 1000);
  };
  await api.post(`/actions/${created.id}/start`, { anyway: true });
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
  const beforeClosing = await renderedSounds(dataDir);
  const closedAt = Date.now();
  const { closingMessage } = await api.post<ActionNow>(`/actions/${created.id}/close`, closingOf(earlier));
  const closing = await newSound(dataDir, beforeClosing, closingMessage?.seconds ?? 0);
  const done = await follow(api, created.id, { enough: (now) => isClosedOut(setting, now), show, withinMs: 90_000 });
  progress.end();

  const attempts = await api.get<Awaited<ReturnType<typeof attemptsOf>>>(`/actions/${created.id}/attempts`);
  const tips = await api.get<TipNow[]>(`/tips?actionId=${created.id}`);
  const inbound = await api.get<InboundNow[]>('/inbound');
  const { counts, timeline, plan, reality } = done;
  console.log(`\n${formatReport({ action: done, counts, timeline, plan, reality, attempts, tips, inbound })}`);
  console.log('\nlistening to what everybody heard …');
  return verify({ api, network, town, limits, action: created, story, prompts, message, closing, beganAt, closedAt });
}

/** The account, with the address at which this phone network reaches the service. */
export function softphoneOf({ sip }: Account, { registrar }: Pick<Setting, 'registrar'>): SoftphoneAccount {
  return { ...sip, ...(registrar === undefined ? {} : { server: registrar }) };
}

/**
 * Whether all closing calls are over, in the service and on the phone network. Checks twice, because more may
 * follow.
 */
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
