import { expect } from 'chai';
import {
  ENDING_PAUSE,
  MESSAGE_PAUSE,
  PROMPT_PAUSE,
  PROMPTINGS,
  REPLAYS,
  type Script,
  type Step,
} from '../../src/domain/alert-script.js';
import { prompt, type PromptName } from '../../src/domain/messages.js';
import type { AlertCallResult } from '../../src/ports/telephony.js';
import type { ContractFarEnd, ContractWorld } from './call-contract.js';

const MESSAGE = 'tip-place-1';
const NEWER_MESSAGE = 'tip-place-2';
const ALERT: Script = { type: 'alert', opening: 'alert-prompt', message: prompt(MESSAGE), ending: 'ending' };
const CLOSING: Script = { type: 'closing', message: prompt(MESSAGE) };

/** The prompts of these calls. A world must know their lengths. */
export const ALERT_PROMPTS: readonly PromptName[] = [
  MESSAGE,
  NEWER_MESSAGE,
  'alert-prompt',
  'alert-goodbye',
  'ending',
  'thanks',
  'closing-prompt',
  'closing-thanks',
  'silence',
  'silence-4',
  'silence-5',
];

const PRESSED_MS = 2_000;
const ANSWERED_MS = 500;
const LIMIT_MS = 120_000;

/** A step and its start, in ms since the answer. */
type Timed = readonly [step: Step | 'end', at: number];

interface Scenario {
  readonly title: string;
  readonly script: Script;
  readonly farEnd: Omit<ContractFarEnd, 'answerAfterMs'>;
  readonly expected: readonly Timed[];
  /** The action's message changes while the telephone rings. */
  readonly changed?: boolean;
  readonly by?: 'us' | 'them';
}

/**
 * The steps of each alert call and closing call, and their times. The fake telephony and the real Asterisk
 * keep the same contract.
 */
export function alertContract(name: string, open: () => ContractWorld | Promise<ContractWorld>): void {
  describe(`alert calls of ${name}`, function () {
    this.timeout(150_000);
    let world: ContractWorld;
    let results: ReadonlyMap<string, { readonly scenario: Scenario; readonly end: AlertCallResult }>;

    // All calls run at the same time, because on a real Asterisk the longest takes a minute.
    before(async () => {
      world = await open();
      const ms = (sound: PromptName): number => world.msOf(prompt(sound));
      const running = new Map<string, { scenario: Scenario; end: AlertCallResult | undefined }>();
      for (const scenario of scenarios(ms)) {
        const call = world.telephony.placeAlert({
          id: world.newId(),
          to: { type: 'trunk', number: await world.farEnd({ answerAfterMs: ANSWERED_MS, ...scenario.farEnd }) },
          callerId: { number: '08000011', name: 'Burgernet' },
          ringMs: 20_000,
          maxMs: LIMIT_MS,
          script: scenario.script,
          subject: `subject-${running.size}`,
        });
        if (scenario.changed) world.telephony.updateMessage(`subject-${running.size}`, prompt(NEWER_MESSAGE));
        const entry: { scenario: Scenario; end: AlertCallResult | undefined } = { scenario, end: undefined };
        running.set(scenario.title, entry);
        void call.ended.then((end) => (entry.end = end));
      }
      await world.until(() => [...running.values()].every(({ end }) => end !== undefined), LIMIT_MS);
      results = new Map([...running].map(([title, { scenario, end }]) => [title, { scenario, end: end! }]));
    });

    after(() => world.close());

    for (const { title } of scenarios(() => 0)) {
      it(title, () => {
        const { scenario, end } = results.get(title)!;
        const answeredAt = end.steps[0]?.at ?? Number.NaN;
        const played: Timed[] = [...end.steps.map(({ step, at }): Timed => [step, at - answeredAt])];
        played.push(['end', end.at - answeredAt]);
        expect(played.map(([step]) => step)).to.deep.equal(scenario.expected.map(([step]) => step));
        for (const [index, [step, at]] of scenario.expected.entries()) {
          expect(played[index]?.[1], `${step} of ${JSON.stringify(played)}`).to.be.closeTo(at, slack(at, world));
        }
        expect(end.by).to.equal(scenario.by ?? 'them');
        if (scenario.expected.some(([step]) => step === 'message' || step === 'done'))
          expect(end.soundId).to.equal(scenario.changed ? NEWER_MESSAGE : MESSAGE);
      });
    }
  });
}

/**
 * The allowed deviation, ms, because Asterisk adds a few ms between two sounds. The shortest pause of a
 * script is a second, so a missing pause is noticed.
 */
const slack = (at: number, world: ContractWorld): number => (world.toleranceMs === 0 ? 10 : 500 + at / 100);

function scenarios(ms: (sound: PromptName) => number): Scenario[] {
  const [message, newer] = [ms(MESSAGE), ms(NEWER_MESSAGE)];
  const prompting = PROMPTINGS * (ms('alert-prompt') + PROMPT_PAUSE * 1_000);
  const twice = (sound: number): number => 2 * sound + MESSAGE_PAUSE * 1_000;
  const ending = ms('ending') + ENDING_PAUSE * 1_000 + ms('thanks');
  const closing = ms('closing-prompt') + twice(message) + ms('closing-thanks');
  /** Time between two digits, so that each digit after the first is pressed during the ending. */
  const again = twice(message) + 1_500;
  const digits = (count: number): NonNullable<ContractFarEnd['press']> =>
    Array.from({ length: count }, (_, index) => ({ digit: '5', afterMs: PRESSED_MS + index * again }));
  const replays = (count: number): Timed[] =>
    Array.from({ length: count }, (_, index) => ['replay', PRESSED_MS + (index + 1) * again]);
  return [
    {
      title: 'no digit: the prompt three times, then goodbye',
      script: ALERT,
      farEnd: {},
      expected: [
        ['prompt', 0],
        ['goodbye', prompting],
        ['end', prompting + ms('alert-goodbye')],
      ],
    },
    {
      title: 'a digit in the prompt: the message twice, the ending, thanks',
      script: ALERT,
      farEnd: { press: digits(1) },
      expected: [
        ['prompt', 0],
        ['message', PRESSED_MS],
        ['end', PRESSED_MS + twice(message) + ending],
      ],
    },
    {
      title: 'a digit in the ending: the message once more, the ending, thanks',
      script: ALERT,
      farEnd: { press: digits(2) },
      expected: [['prompt', 0], ['message', PRESSED_MS], ...replays(1), ['end', PRESSED_MS + again + message + ending]],
    },
    {
      title: 'the last replay is followed by the thanks alone',
      script: ALERT,
      farEnd: { press: digits(1 + REPLAYS) },
      expected: [
        ['prompt', 0],
        ['message', PRESSED_MS],
        ...replays(REPLAYS),
        ['end', PRESSED_MS + REPLAYS * again + message + ms('thanks')],
      ],
    },
    {
      title: 'the message is updated while the telephone rings: the newest message plays',
      script: ALERT,
      changed: true,
      farEnd: { press: digits(1) },
      expected: [
        ['prompt', 0],
        ['message', PRESSED_MS],
        ['end', PRESSED_MS + twice(newer) + ending],
      ],
    },
    {
      title: 'a hang-up in the prompt: no step but the prompt',
      script: ALERT,
      farEnd: { hangUpAfterMs: 3_000 },
      expected: [
        ['prompt', 0],
        ['end', 3_000],
      ],
    },
    {
      title: 'a closing call without a digit: the whole script once, done',
      script: CLOSING,
      farEnd: {},
      expected: [
        ['prompt', 0],
        ['done', closing],
        ['end', closing],
      ],
    },
    {
      title: 'a closing call with a digit: the whole script from the start',
      script: CLOSING,
      farEnd: { press: digits(1) },
      expected: [
        ['prompt', 0],
        ['message', PRESSED_MS],
        ['end', PRESSED_MS + closing],
      ],
    },
  ];
}
