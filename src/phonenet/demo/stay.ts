import { createInterface } from 'node:readline';
import type { Api } from '../../cli/api-client.js';
import { aborted } from '../../lib/abort.js';
import type { Step } from '../town/scripts.js';
import { spokenSound } from '../spoken-sounds.js';
import { addCentralist, AREA, attemptsOf } from './action.js';
import type { Account, ActionNow, Planned } from './api-answers.js';
import type { Setting } from './setting.js';

/** Keeps everything running until the signal, so that a person can try it. */
export async function stay(setting: Setting, signal: AbortSignal): Promise<void> {
  const { api, token, logFile } = setting.service;
  const made = await makeOwnAction(api);
  const phones = setting.town.people.flatMap((person) => person.phones).slice(0, 3);
  console.log(instructions(made, { url: api.url, token, logFile, folder: setting.folder, phones }));
  const lines = createInterface({ input: process.stdin });
  const stopped = aborted(signal);
  lines.on('line', () => {
    ring(setting).then(console.log, (error: unknown) => {
      console.log(String(error));
    });
  });
  // The end of the input (a pipe) does not end the demo; only the signal does.
  try {
    await stopped.promise.catch(() => undefined);
  } finally {
    stopped.release();
    lines.close();
  }
}

const TIP: readonly Step[] = [{ do: 'wait', ms: 4_000 }, { do: 'play', sound: spokenSound('tip') }, { do: 'listen' }];

/** A person who was reached in the newest running action calls the tip line. */
async function ring({ service: { api }, network }: Setting): Promise<string> {
  const actions = await api.get<ActionNow[]>('/actions');
  const running = actions.filter(({ state }) => state === 'running').toSorted((a, b) => b.id - a.id)[0];
  if (running === undefined) return 'no action is running: start one first';
  const reached = (await attemptsOf(api, running.id, 'alert')).filter(({ outcome }) => outcome === 'confirmed');
  const somebody = reached[Math.floor(Math.random() * reached.length)];
  if (somebody === undefined) return `nobody has been reached in action ${running.number} yet: wait a moment`;
  await network.startCall({ from: `0${somebody.phone.slice(3)}`, script: TIP });
  return `0${somebody.phone.slice(3)} calls 0800-0011 …`;
}

/** A softphone account for the person at the demo, and an action of theirs that is ready to start. */
export interface OwnAction {
  readonly account: Account;
  readonly action: Planned;
}

/** Makes the account with a free extension, and the action. */
export async function makeOwnAction(api: Api): Promise<OwnAction> {
  const account = await addCentralist(api, 'Zelf proberen');
  const action = await api.post<Planned>('/actions', {
    kind: 'missing_child',
    title: 'Zelf geprobeerd',
    description: 'Een actie met de hand',
    message: { text: 'Wij zoeken een jongen van vijf jaar met een gele muts.' },
    area: { postcodes: AREA },
    centralistId: account.id,
    criteria: { timeCritical: true, clearDescription: true },
  });
  return { account, action };
}

export interface Surroundings {
  readonly url: string;
  readonly token: string;
  readonly logFile: string;
  readonly folder: string;
  /** Some of the citizens' numbers. */
  readonly phones: readonly string[];
}

export function instructions({ account, action }: OwnAction, around: Surroundings): string {
  const { url, token, logFile, folder, phones } = around;
  const { sip } = account;
  const own = `${url}/api/v1/actions/${action.id}`;
  const post = `-H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json'`;
  return `
The service keeps running. Try it by hand:

1. Register a softphone on this machine (Linphone, baresip, …): SIP over UDP
     server    ${sip.server}
     username  ${sip.username}
     password  ${sip.password}

2. Start action ${action.number}, which is ready and calls ${action.plan.selected} people, and follow it
     export TOKEN=${token}
     curl -s ${own}/start ${post} -d '{"anyway":true}'
     curl -sN ${own}/events -H "Authorization: Bearer $TOKEN"

3. Press Enter here: a person who was reached calls 0800-0011, and your softphone rings.
   The citizens have numbers such as ${phones.join(', ')}.

4. Close it
     curl -s ${own}/close ${post} -d '{"result":"found"}'

The service's log: ${logFile}
Ctrl-C ends everything; the recordings stay in ${folder}
`;
}
