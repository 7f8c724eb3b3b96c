import type { PhoneCall } from '../ledger.js';
import type { PhoneNetwork } from '../phone-network.js';
import type { Step } from '../town/scripts.js';
import { RATE } from '../listening/sound-file.js';
import { spokenSound } from '../spoken-sounds.js';
import type { Town } from '../town/town.js';
import { e164, personas } from './expected.js';
import type { ReferenceSounds } from './reference-sounds.js';

/** The calls that people make to the tip line while the action runs. */
export interface Story {
  /** Reached, rings as soon as they have seen something: breaks off the message for it. */
  readonly hurried: PhoneCall;
  /** Reached, heard everything, then rings. */
  readonly patient: PhoneCall;
  /** Was not there when the telephone rang; rings the missed call back. */
  readonly missed: PhoneCall;
  readonly stranger: PhoneCall;
  readonly withheld: PhoneCall;
  /** Signed up, but lives elsewhere. */
  readonly neighbour: PhoneCall;
}

export interface StoryParts {
  readonly network: PhoneNetwork;
  readonly town: Town;
  readonly sounds: Pick<ReferenceSounds, 'message' | 'prompt'>;
  readonly say: (line: string) => void;
}

/** Nobody has this number. */
export const STRANGER = '0612999999';
const WITHIN_MS = 100_000;

const tell: readonly Step[] = [
  { do: 'wait', ms: 3_000 },
  { do: 'play', sound: spokenSound('tip') },
  // Both have spoken by then.
  { do: 'wait', ms: 2_500 },
  { do: 'hangup' },
];

/** Plays it all; resolves when the last of them has hung up. */
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
      said('a stranger rang and was told to call 112');
      return call;
    }),
    network.call({ from: 'anonymous', anonymous: true }).then((call) => {
      said('somebody who withheld the number rang and was told to call 112');
      return call;
    }),
    network.call({ from: neighbour.slice(1) }).then((call) => {
      said('somebody of another town rang: there is no action for them');
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
  said(`${shown(alert.number)} hangs up in the message and rings 0800-0011`);
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
  said(`${shown(alert.number)} has heard it all and rings 0800-0011`);
  // As many networks show it: the real number in P-Asserted-Identity, something else in From.
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
  said(`${shown(alert.number)} missed the call and rings back`);
  const introduced = (sounds.prompt['tip-not-reached'].length + sounds.message.length) / (RATE / 1000);
  const script: Step[] = [{ do: 'wait', ms: introduced + 2_000 }, { do: 'press', digit: '5', ms: 160 }, ...tell];
  const call = await network.call({ from: `0031${alert.number.slice(3)}`, script });
  said(`${shown(alert.number)} has heard the message and told the centralist`);
  return call;
}

const national = (number: string): string => `0${number.slice(3)}`;
/** Invented numbers: shown whole. */
const shown = national;
