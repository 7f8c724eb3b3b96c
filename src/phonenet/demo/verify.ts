import type { Api } from '../../cli/api-client.js';
import type { PhoneCall } from '../ledger.js';
import type { PhoneNetwork } from '../phone-network.js';
import { readSound } from '../listening/sound-file.js';
import { spokenSound } from '../spoken-sounds.js';
import type { Town } from '../town/town.js';
import { attemptsOf } from './action.js';
import type { InboundNow, Planned, TipNow } from './api-answers.js';
import { checkAlerts, type AlertEvidence } from './check-alerts.js';
import { checkClosing } from './check-closing.js';
import { checkTips, type CallerSound } from './check-tips.js';
import { figure, type Check } from './checks.js';
import { listenTo, listenToAll, wasAnswered, type HeardCall } from './evidence.js';
import { personas } from './expected.js';
import { alertSounds, type ReferenceSounds } from './reference-sounds.js';
import type { Setting } from './setting.js';
import type { Story } from './story.js';

export interface VerifyParts {
  readonly api: Api;
  readonly network: PhoneNetwork;
  readonly town: Town;
  readonly limits: Setting['limits'];
  readonly action: Pick<Planned, 'id' | 'number'>;
  readonly story: Story;
  readonly prompts: ReferenceSounds['prompt'];
  readonly message: ReferenceSounds['message'];
  readonly closing: ReferenceSounds['closing'];
  /** ms UTC; calls before this belong to an earlier run. */
  readonly beganAt: number;
  /** ms UTC of the close request. */
  readonly closedAt: number;
}

type Alerts = Pick<AlertEvidence, 'calls' | 'heard'>;

/**
 * All checks, in the order of the events. The facts come from the phone network's ledger and recordings,
 * never from the service alone.
 */
export async function verify(parts: VerifyParts): Promise<Check[]> {
  const { api, town, action, story, network, limits } = parts;
  const alerts = await hearAlerts(parts);
  const ledger = await network.ledger();
  return [
    ...checkAlerts({
      ...alerts,
      people: town.people,
      personaOf: (phone) => personas(town).get(phone) ?? 'unreachable',
      rangBack: `+${story.missed.from.replace(/^00/, '')}`,
      attempts: await attemptsOf(api, action.id, 'alert'),
      lines: limits.lines - limits.tipLines,
      cps: limits.cps,
    }),
    ...(await tipChecks(parts, ledger)),
    ...(await closingChecks(parts, alerts, ledger)),
    nothingLeft(ledger),
  ];
}

/** Listens to the alert calls. */
async function hearAlerts({ network, prompts, message, closedAt }: VerifyParts): Promise<Alerts> {
  const ledger = await network.ledger();
  const calls = ledger.filter(({ kind, invitedAt }) => kind === 'citizen' && invitedAt < closedAt);
  return { calls, heard: await listenToAll(network, calls, alertSounds(prompts, message)) };
}

async function tipChecks(
  { api, network, prompts, message, action, story, beganAt }: VerifyParts,
  ledger: readonly PhoneCall[],
): Promise<Check[]> {
  const sounds = {
    desk: await readSound(`${spokenSound('desk')}.alaw`),
    message,
    unknown: prompts['tip-unknown'],
    withheld: prompts['tip-withheld'],
    not_selected: prompts['tip-not-selected'],
  };
  const callers = new Map<PhoneCall, HeardCall<CallerSound>>();
  for (const call of Object.values(story) as PhoneCall[]) {
    if (wasAnswered(call)) callers.set(call, await listenTo(network, call, sounds));
  }
  const tip = await readSound(`${spokenSound('tip')}.alaw`);
  const desk = await listenToAll(
    network,
    ledger.filter(({ kind }) => kind === 'desk'),
    { tip },
  );
  return checkTips({
    actionNumber: action.number,
    story,
    callers,
    desk,
    inbound: (await api.get<InboundNow[]>('/inbound')).filter(({ receivedAt }) => receivedAt >= beganAt),
    tips: await api.get<TipNow[]>(`/tips?actionId=${action.id}`),
  });
}

async function closingChecks(
  { api, network, town, action, story, prompts, message, closing, closedAt }: VerifyParts,
  alerts: Alerts,
  ledger: readonly PhoneCall[],
): Promise<Check[]> {
  const calls = ledger.filter(({ kind, invitedAt }) => kind === 'citizen' && invitedAt >= closedAt);
  const sounds = { prompt: prompts['closing-prompt'], closing, message };
  const heard = await listenToAll(network, calls, sounds);
  const pressed = alerts.calls.filter((call) => call.pressed.length > 0).map(({ number }) => number);
  const attempts = await attemptsOf(api, action.id, 'closing');
  return checkClosing({
    people: town.people,
    reached: new Set([...pressed, `+${story.missed.from.replace(/^00/, '')}`]),
    calls,
    heard,
    attempts,
  });
}

function nothingLeft(ledger: readonly PhoneCall[]): Check {
  const open = ledger.filter(({ endedAt }) => endedAt === null).length;
  return figure(
    'every call on the phone network has ended',
    open === 0,
    `${ledger.length - open} of ${ledger.length} calls`,
  );
}
