import { createInterface } from 'node:readline';
import { aborted } from '../../lib/abort.js';
import type { Step } from '../town/scripts.js';
import { spokenSound } from '../spoken-sounds.js';
import { AREA, attemptsOf } from './action.js';
import type { Account, ActionNow } from './api-answers.js';
import type { Setting } from './setting.js';

/** Keeps everything running until the signal, so that a person can try it. */
export async function stay(setting: Setting, signal: AbortSignal): Promise<void> {
  const { api, token, logFile } = setting.service;
  const account = await api.post<Account>('/centralists', { name: 'Zelf proberen', extension: '102' });
  console.log(instructions(api.url, token, account, logFile, setting.folder));
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

function instructions(url: string, token: string, { id, sip }: Account, logFile: string, folder: string): string {
  const action = {
    kind: 'missing_child',
    title: 'Zelf geprobeerd',
    description: 'Een actie met de hand',
    message: { text: 'Wij zoeken een jongen van vijf jaar met een gele muts.' },
    area: { postcodes: AREA },
    centralistId: id,
    criteria: { timeCritical: true, clearDescription: true },
  };
  return `
The service keeps running. Try it by hand:

1. Register a softphone on this machine (Linphone, baresip, …): SIP over UDP
     server    ${sip.server}
     username  ${sip.username}
     password  ${sip.password}

2. Start an action of your own, and follow it
     export TOKEN=${token}
     curl -s ${url}/api/v1/actions -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
       -d '${JSON.stringify(action)}'
     curl -s ${url}/api/v1/actions/2/start -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"anyway":true}'
     curl -sN ${url}/api/v1/actions/2/events -H "Authorization: Bearer $TOKEN"

3. Press Enter here: a person who was reached calls 0800-0011, and your softphone rings.
   The citizens have the numbers from 06-1000 0000 and from 0321-300 002 on.

4. Close it
     curl -s ${url}/api/v1/actions/2/close -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"result":"found"}'

The service's log: ${logFile}
Ctrl-C ends everything; the recordings stay in ${folder}
`;
}
