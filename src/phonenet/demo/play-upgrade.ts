import type { PhoneCall } from '../ledger.js';
import type { Step } from '../town/scripts.js';
import { readSound } from '../listening/sound-file.js';
import { spokenSound } from '../spoken-sounds.js';
import { townCsv } from '../town/town.js';
import { addCentralist, attemptsOf, createAction, follow, isCalledOut } from './action.js';
import type { ActionNow } from './api-answers.js';
import { checkAlerts } from './check-alerts.js';
import { figure, forEach, type Check } from './checks.js';
import { listenTo, listenToAll, whole } from './evidence.js';
import { personas } from './expected.js';
import { softphoneOf } from './play-action.js';
import type { Progress } from './progress.js';
import { alertSounds, newSound, readPrompts, renderedSounds } from './reference-sounds.js';
import type { Setting } from './setting.js';

/**
 * Printed when calls are live and a tip has been put through. The compose test waits for this line and then
 * replaces the service.
 */
export const NOW = 'now: replace the service';
/**
 * Length of the conversation, ms: long enough to begin before the service stops and to end after it is back.
 */
const CONVERSATION_MS = 45_000;
const LOOK_MS = 400;

/** The caller and the centralist keep talking while the service is away. */
const LONG_TIP: readonly Step[] = [
  { do: 'wait', ms: 3_000 },
  { do: 'play', sound: spokenSound('tip') },
  { do: 'wait', ms: CONVERSATION_MS },
  { do: 'play', sound: spokenSound('tip') },
  { do: 'wait', ms: 2_500 },
  { do: 'hangup' },
];

/** Plays an action during which the service is replaced. Resolves with the checks at the far end. */
export async function playUpgrade(setting: Setting, progress: Progress): Promise<Check[]> {
  const { network, service, town, dataDir } = setting;
  const { api } = service;
  const earlier = (await api.get<ActionNow[]>('/actions')).length;
  const account = await addCentralist(api);
  const desk = await network.softphone(softphoneOf(account, setting), {
    type: 'answers',
    afterMs: 600,
    says: spokenSound('desk'),
  });
  await api.upload('/participants/import', 'text/csv', new Blob([townCsv(town)]));
  const before = await renderedSounds(dataDir);
  const created = await createAction(api, account.id, earlier);
  const message = await newSound(dataDir, before, created.message.seconds);
  await network.setCitizens(town.citizens);
  progress.say(`action ${created.number}: ${created.plan.selected} people selected; starting`);
  await api.post(`/actions/${created.id}/start`, { anyway: true });

  const tip = talk(setting, progress);
  let failed = false;
  tip.catch(() => {
    failed = true;
  });
  const away = watchAway(setting);
  const startedAt = performance.now();
  const call = await follow(api, created.id, {
    enough: async (now) => failed || (isCalledOut(now) && (away.been || (await tip.then(() => true)))),
    show: (now) => {
      progress.show(now.counts, (performance.now() - startedAt) / 1000);
    },
    withinMs: 170_000,
    mostFailed: 120_000 / LOOK_MS,
  })
    .then(() => tip)
    .finally(() => {
      away.stop();
    });
  progress.end();
  progress.say('everybody has been called; listening to what they heard …');
  return checks({ setting, call, desk: await desk.calls(), message, actionId: created.id, been: away.been });
}

/** A person who was reached calls the tip line. Resolves when the caller has hung up. */
async function talk({ network }: Setting, progress: Progress): Promise<PhoneCall> {
  const alert = await network.until(
    ({ persona, endedAt, pressed }) => persona === 'hangs_up_in_message' && endedAt !== null && pressed.length > 0,
    60_000,
    'call that was broken off',
  );
  const live = await network.startCall({ from: `0${alert.number.slice(3)}`, script: LONG_TIP });
  if ((await live.answered) === null) throw new Error('the tip was not put through');
  await network.until(
    ({ kind, answeredAt }) => kind === 'desk' && answeredAt !== null,
    20_000,
    'answer of the softphone',
  );
  progress.say(NOW);
  return live.ended;
}

/** Watches whether the service goes away and comes back. */
function watchAway({ service: { api } }: Setting): { readonly been: boolean; stop(): void } {
  let gone = false;
  let been = false;
  const timer = setInterval(() => {
    void api.probe('/healthz').then((answer) => {
      if (answer === undefined) gone = true;
      else if (gone) been = true;
    });
  }, LOOK_MS);
  return {
    get been() {
      return been;
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}

interface Played {
  readonly setting: Setting;
  readonly call: PhoneCall;
  readonly desk: readonly PhoneCall[];
  readonly message: Float32Array;
  readonly actionId: number;
  readonly been: boolean;
}

async function checks({ setting, call, desk, message, actionId, been }: Played): Promise<Check[]> {
  const { network, town, service } = setting;
  const prompts = await readPrompts();
  const calls = (await network.ledger()).filter(({ kind }) => kind === 'citizen');
  const heard = await listenToAll(network, calls, alertSounds(prompts, message));
  const caller = await listenTo(network, call, { desk: await readSound(`${spokenSound('desk')}.alaw`) });
  const tip = await readSound(`${spokenSound('tip')}.alaw`);
  const atDesk = await listenToAll(network, desk, { tip });
  const byName = personas(town);
  return [
    figure('the service was away, and came back', been, been ? 'seen' : 'not seen'),
    ...checkAlerts({
      calls,
      heard,
      people: town.people,
      personaOf: (phone) => byName.get(phone) ?? 'unreachable',
      rangBack: '',
      attempts: await attemptsOf(service.api, actionId, 'alert'),
      lines: setting.limits.lines - setting.limits.tipLines,
      cps: setting.limits.cps,
    }),
    figure(
      'the caller was put through to the centralist',
      whole(caller.heard.desk) === 1,
      `${whole(caller.heard.desk)} time`,
    ),
    // The tip is heard twice, perhaps with a gap on a busy machine. The check below shows that the
    // conversation lasted until the caller hung up.
    forEach('the centralist heard the caller before the service went, and after it had come back', atDesk, (one) =>
      one.heard.tip.length === 2 ? undefined : `${one.heard.tip.length} times`,
    ),
    forEach('nobody cut the conversation off', desk, ({ endedAt }) =>
      call.endedBy === 'here' && Math.abs((endedAt ?? 0) - (call.endedAt ?? 0)) < 2_000
        ? undefined
        : `ended by ${call.endedBy ?? 'nobody'}`,
    ),
    figure('the softphone rang once', desk.length === 1, `${desk.length} calls`),
  ];
}
