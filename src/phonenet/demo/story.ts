import type { PhoneCall } from '../ledger.js';
import type { PhoneNetwork } from '../phone-network.js';
import type { Step } from '../town/scripts.js';
import { RATE } from '../listening/sound-file.js';
import { spokenSound } from '../spoken-sounds.js';
import type { Town } from '../town/town.js';
import { e164, personas } from './expected.js';
import type { ReferenceSounds } from './reference-sounds.js';

/** The calls to the tip line while the action runs. */
export interface Story {
  /** A reached person who hangs up during the message and calls the tip line at once. */
  readonly hurried: PhoneCall;
  /** A reached person who hears everything and then calls. */
  readonly patient: PhoneCall;
  /** A person who missed the call and calls back. */
  readonly missed: PhoneCall;
  readonly stranger: PhoneCall;
  readonly withheld: PhoneCall;
  /** A participant who lives elsewhere. */
  readonly neighbour: PhoneCall;
}

export interface StoryParts {
  readonly network: PhoneNetwork;
  readonly town: Town;
  readonly sounds: Pick<ReferenceSounds, 'message' | 'prompt'>;
  readonly say: (line: string) => void;
}

/** No citizen has this number. */
export const STRANGER = '0612999999';
const WITHIN_MS = 100_000;

const tell: readonly Step[] = [
  { do: 'wait', ms: 3_000 },
  { do: 'play', sound: spokenSound('tip') },
  // Caller and centralist have both spoken by then.
  { do: 'wait', ms: 2_500 },
  { do: 'hangup' },
];

/** Makes all calls of the story. Resolves when the last caller has hung up. */
export async function playStory(parts: StoryParts): Promise<Story> {
  const { network, town, say } = parts;
  const said = (line: string): void => {
    say(`      ☎ ${line}`);
  };
  const neighbour = e164(town.neighbours[0]?.phones[0] ?? '');
  const [hurried, patient, missed, stranger, withheld, outsider] = await Promise.all([
    hurriedTip(parts, said),
    patientTip(parts, said),
    missedCall(parts, said),
    network.call({ from: STRANGER }).then((call) => {
      said('a stranger called and was told to call 112');
      return call;
    }),
    network.call({ from: 'anonymous', anonymous: true }).then((call) => {
      said('a caller who withheld the number was told to call 112');
      return call;
    }),
    network.call({ from: neighbour.slice(1) }).then((call) => {
      said('a caller from another town heard that there is no action for them');
      return call;
    }),
  ]);
  return { hurried, patient, missed, stranger, withheld, neighbour: outsider };
}

async function hurriedTip({ network }: StoryParts, said: (line: string) => void): Promise<PhoneCall> {
  const alert = await network.until(
    ({ persona, endedAt, pressed }) => persona === 'hangs_up_in_message' && endedAt !== null && pressed.length > 0,
    WITHIN_MS,
    'call that was broken off',
  );
  said(`${shown(alert.number)} hangs up during the message and calls 0800-0011`);
  const call = await network.call({ from: national(alert.number), script: tell });
  said(`${shown(alert.number)} has told the centralist`);
  return call;
}

async function patientTip({ network }: StoryParts, said: (line: string) => void): Promise<PhoneCall> {
  const alert = await network.until(
    ({ persona, endedAt }) => persona === 'presses' && endedAt !== null,
    WITHIN_MS,
    'call that was heard to the end',
  );
  said(`${shown(alert.number)} has heard everything and calls 0800-0011`);
  // Many networks send the real number in P-Asserted-Identity and another one in From.
  const call = await network.call({ from: '0880000000', pai: alert.number, script: tell });
  said(`${shown(alert.number)} has told the centralist`);
  return call;
}

async function missedCall({ network, town, sounds }: StoryParts, said: (line: string) => void): Promise<PhoneCall> {
  const personaOf = personas(town);
  const single = new Set(
    town.people
      .filter(({ phones }) => phones.length === 1)
      .map(({ phones }) => e164(phones[0] ?? ''))
      .filter((phone) => personaOf.get(phone) === 'no_answer_then_presses'),
  );
  const alert = await network.until(
    ({ number, cancelled }) => single.has(number) && cancelled,
    WITHIN_MS,
    'missed call',
  );
  said(`${shown(alert.number)} missed the call and calls back`);
  const introduced = (sounds.prompt['tip-not-reached'].length + sounds.message.length) / (RATE / 1000);
  const script: Step[] = [{ do: 'wait', ms: introduced + 2_000 }, { do: 'press', digit: '5', ms: 160 }, ...tell];
  const call = await network.call({ from: `0031${alert.number.slice(3)}`, script });
  said(`${shown(alert.number)} has heard the message and told the centralist`);
  return call;
}

const national = (number: string): string => `0${number.slice(3)}`;
/** The numbers are invented, so they are shown in full. */
const shown = national;
