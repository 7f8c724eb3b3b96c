import { expect } from 'chai';
import type { Attempt } from '../../src/domain/attempt.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { Called, Evidence, FaultRecord, HeardCall, Leftovers, Rules } from './evidence.js';
import { judge } from './judge.js';

/** The start of the evidence. Times in the tables are ms after this. */
const T = Date.UTC(2026, 0, 5, 12);
const CLOSED = T + 60_000;
const NUMBER = '+31612345678';
const OTHER = '+31612345679';

const RULES: Rules = { marginMs: 300, retries: { no_answer: 1, busy: 1 }, callsGoOn: true, backWithinMs: 3_000 };
const NOTHING_LEFT: Leftovers = { calls: [], bridges: [], linesInUse: 0, exitCode: 0, processes: [] };

let ids = 0;
const attempt = (dialed: number, change: Partial<Attempt> = {}): Attempt => ({
  id: (ids += 1),
  actionId: 1,
  participantId: 1,
  phone: NUMBER as E164,
  purpose: 'alert',
  number: 1,
  messageVersion: 1,
  outcome: 'confirmed',
  dialedAt: T + dialed,
  rangAt: null,
  answeredAt: null,
  confirmedAt: change.outcome === undefined && change.purpose === undefined ? T + dialed + 2_000 : null,
  endedAt: T + dialed + 9_000,
  heardSeconds: 0,
  plays: 0,
  sipStatus: null,
  cause: null,
  retryAfterSeconds: null,
  reason: null,
  ...change,
});

/** Answered after 1 s, a digit after 2 s, the message twice. The service hangs up after 9 s. */
const call = (invited: number, change: Partial<HeardCall> = {}): HeardCall => ({
  id: `call-${(ids += 1)}`,
  kind: 'citizen',
  number: NUMBER,
  persona: 'presses',
  from: '',
  assertedIdentity: '',
  sipCallId: '',
  requestUri: '',
  invitedAt: T + invited + 20,
  ringingAt: null,
  earlyMediaAt: null,
  answeredAt: T + invited + 1_000,
  endedAt: T + invited + 9_000,
  pressed: [{ key: '1', at: T + invited + 1_900, releasedAt: T + invited + 2_000 }],
  spokeAt: [],
  transfers: [],
  endedBy: 'far',
  cancelled: false,
  sipStatus: null,
  recording: null,
  plays: [2_100, 4_500].map((at) => ({ earliest: T + invited + at, latest: T + invited + at })),
  ...change,
});

const quiet = (invited: number, change: Partial<HeardCall> = {}): HeardCall =>
  call(invited, { pressed: [], plays: [], ...change });
const refused = (invited: number): HeardCall =>
  quiet(invited, { answeredAt: null, endedAt: T + invited + 30, endedBy: 'here' });
const person = (change: Partial<Called> = {}): Called => ({
  participantId: 1,
  actionId: 1,
  phones: [NUMBER],
  personas: ['presses'],
  reached: true,
  ...change,
});
const fault = (kind: FaultRecord['kind'], at: number, change: Partial<FaultRecord> = {}): FaultRecord => ({
  kind,
  at: T + at,
  startedAt: kind === 'stall' ? null : T + at + 100,
  until: T + at + 1_500,
  backMs: kind === 'stall' ? null : 1_400,
  ...change,
});

const closing = (change: Partial<Attempt> = {}): Attempt =>
  attempt(61_000, { purpose: 'closing', outcome: 'no_digit', ...change });
const closingCall = (): HeardCall => quiet(61_000);

/** One person, who was called once, confirmed, and got the closing call. */
function evidence(change: Partial<Evidence> = {}): Evidence {
  return {
    people: [person()],
    closedAt: new Map([[1, CLOSED]]),
    attempts: [attempt(0), closing()],
    calls: [call(0), closingCall()],
    faults: [],
    leftovers: NOTHING_LEFT,
    ...change,
  };
}

/** The same for a person who was never reached. */
function unreached(change: Partial<Evidence>): Evidence {
  return evidence({ people: [person({ reached: false, personas: ['no_answer'] })], ...change });
}

interface Row {
  readonly what: string;
  readonly evidence: Evidence;
  /** Pattern of the one violation; absent when there must be none. */
  readonly finds?: string | RegExp;
  readonly rules?: Partial<Rules>;
}

const table = (rows: readonly Row[]): void => {
  for (const row of rows) {
    it(`${row.finds === undefined ? 'accepts' : 'reports'} ${row.what}`, () => {
      const found = judge(row.evidence, { ...RULES, ...row.rules });
      if (row.finds === undefined) {
        expect(found).to.deep.equal([]);
        return;
      }
      expect(found, found.join('\n')).to.have.lengthOf(1);
      expect(found[0]).to.match(new RegExp(row.finds));
    });
  }
};

const interrupted = (dialed: number): Attempt => attempt(dialed, { outcome: 'interrupted' });

describe('judge', () => {
  describe('of attempts and calls', () => {
    table([
      { what: 'a person who was called, confirmed and got the closing call', evidence: evidence() },
      {
        what: 'an attempt without an outcome',
        evidence: evidence({
          attempts: [attempt(0, { outcome: null, endedAt: null, confirmedAt: T + 2_000 }), closing()],
        }),
        finds: 'was left open',
      },
      {
        what: 'a call without an attempt',
        evidence: evidence({ calls: [refused(-5_000), call(0), closingCall()] }),
        finds: /was called at .* without an attempt/,
      },
      {
        what: 'two calls for one attempt',
        evidence: unreached({
          attempts: [attempt(0, { outcome: 'declined' })],
          calls: [refused(0), refused(500)],
        }),
        finds: 'made 2 calls',
      },
      {
        what: 'an outcome that needs a call, without a call',
        evidence: unreached({ attempts: [attempt(0, { outcome: 'declined' })], calls: [] }),
        finds: 'never reached the phone network',
      },
      {
        what: 'an interrupted attempt without a call',
        evidence: evidence({
          attempts: [attempt(-9_000, { outcome: 'interrupted', endedAt: T - 8_000 }), attempt(0), closing()],
        }),
      },
      {
        what: 'a telephone that rings after its attempt has ended',
        evidence: unreached({
          attempts: [attempt(0, { outcome: 'declined', endedAt: T + 100 })],
          calls: [refused(1_200)],
        }),
        finds: 'after it had ended',
      },
      {
        what: 'a telephone that is rung during its own call',
        evidence: evidence({
          attempts: [interrupted(-8_000), attempt(0), closing()],
          calls: [quiet(-8_000, { endedAt: T + 3_000 }), call(0), closingCall()],
        }),
        finds: /was rung at .* during the call/,
      },
      {
        what: 'a telephone that is rung again while it still has a call of an Asterisk that died',
        evidence: evidence({
          attempts: [interrupted(-8_000), attempt(0), closing()],
          calls: [quiet(-8_000, { endedAt: null }), call(0), closingCall()],
          faults: [fault('asterisk', -4_000)],
        }),
      },
      {
        what: 'calls to a centralist, which have no attempt',
        evidence: evidence({ calls: [call(-2_000, { kind: 'desk' }), call(0), closingCall()] }),
      },
    ]);
  });

  describe('of keys', () => {
    const missed = { attempts: [attempt(0, { outcome: 'no_digit' })], calls: [call(0, { plays: [] })] };
    table([
      {
        what: 'a key that was not noticed',
        evidence: unreached(missed),
        finds: /pressed at .* and is not confirmed/,
      },
      {
        what: 'an unnoticed key in the instant of the controller’s death',
        evidence: unreached({ ...missed, faults: [fault('controller', 2_200, { until: T + 3_000 })] }),
      },
      {
        what: 'an unnoticed key longer before the controller’s death than the margin',
        evidence: unreached({ ...missed, faults: [fault('controller', 2_500)] }),
        finds: /pressed at .* and is not confirmed/,
      },
      {
        what: 'an unnoticed key in a call of an Asterisk that had died',
        evidence: unreached({
          attempts: [interrupted(0), attempt(20_000, { outcome: 'declined' })],
          calls: [call(0, { plays: [] }), refused(20_000)],
          faults: [fault('asterisk', 1_200, { until: T + 1_300 })],
        }),
      },
      {
        what: 'another alert after a key that was noticed',
        evidence: evidence({
          attempts: [
            attempt(0, { outcome: 'interrupted', confirmedAt: null }),
            attempt(20_000, { participantId: 1 }),
            closing(),
          ],
          calls: [call(0), call(20_000), closingCall()],
        }),
        finds: /pressed at .* and was called again/,
      },
      {
        what: 'another alert after a key that may have been lost in a fault',
        evidence: evidence({
          attempts: [interrupted(0), attempt(20_000), closing()],
          calls: [call(0, { plays: [] }), call(20_000), closingCall()],
          faults: [fault('controller', 1_950)],
        }),
        rules: { callsGoOn: false },
      },
      {
        what: 'another alert after a confirmation in the database',
        evidence: evidence({
          attempts: [attempt(0), interrupted(20_000), closing()],
          calls: [call(0), quiet(20_000), closingCall()],
          faults: [fault('stall', 1_900)],
        }),
        finds: /was confirmed at .* and called again/,
      },
    ]);

    it('reports a confirmation without a key', () => {
      const found = judge(evidence({ calls: [quiet(0), closingCall()] }), RULES);
      expect(found.join('\n')).to.match(/is confirmed and pressed nothing/);
    });

    it('reports a person who would have pressed a key and was not confirmed', () => {
      const found = judge(
        unreached({
          people: [person({ reached: false })],
          attempts: [attempt(0, { outcome: 'hung_up' })],
          calls: [quiet(0)],
        }),
        RULES,
      );
      expect(found).to.have.lengthOf(1);
      expect(found[0]).to.match(/would have pressed and is not confirmed/);
    });
  });

  describe('of forgotten people', () => {
    const tries = (...outcomes: NonNullable<Attempt['outcome']>[]): Partial<Evidence> => ({
      attempts: outcomes.map((outcome, index) => attempt(index * 5_000, { outcome, endedAt: T + index * 5_000 + 100 })),
      calls: outcomes.map((_, index) => refused(index * 5_000)),
    });
    table([
      {
        what: 'a person who was never called',
        evidence: unreached({ attempts: [], calls: [] }),
        finds: 'never called',
      },
      {
        what: 'a person whose only call was interrupted',
        evidence: unreached(tries('interrupted')),
        finds: 'was forgotten: interrupted',
      },
      {
        what: 'a person whose last call met congestion',
        evidence: unreached(tries('busy', 'congestion')),
        finds: 'was forgotten',
      },
      {
        what: 'a person who was called once although two calls are due',
        evidence: unreached(tries('no_answer')),
        finds: 'was forgotten: no_answer',
      },
      { what: 'a person who was called twice', evidence: unreached(tries('no_answer', 'no_answer')) },
      {
        what: 'a person who was called twice, with an interrupted call between',
        evidence: unreached(tries('no_answer', 'interrupted', 'no_answer')),
      },
      {
        what: 'two calls with different causes, because retries of two causes do not add up',
        evidence: unreached(tries('no_answer', 'busy')),
      },
      {
        what: 'a person who was called too often',
        evidence: unreached(tries('no_answer', 'busy', 'busy')),
        finds: 'was tried 3 times',
      },
      { what: 'a final outcome after an interruption', evidence: unreached(tries('interrupted', 'unreachable')) },
      {
        what: 'a second number that was not called',
        evidence: unreached({
          ...tries('unreachable'),
          people: [person({ reached: false, phones: [NUMBER, OTHER], personas: ['unreachable', 'busy'] })],
        }),
        finds: `\\${OTHER} was forgotten`,
      },
      {
        what: 'a second number that was not called because the person declined',
        evidence: unreached({
          ...tries('declined'),
          people: [person({ reached: false, phones: [NUMBER, OTHER], personas: ['declines', 'busy'] })],
        }),
      },
    ]);
  });

  describe('of the message', () => {
    const unheard = { calls: [call(0, { plays: [] }), closingCall()] };
    table([
      {
        what: 'a confirmation without the message',
        evidence: evidence(unheard),
        finds: 'did not hear the whole message',
      },
      {
        what: 'a confirmation without the message when Asterisk died in the call',
        evidence: evidence({ ...unheard, faults: [fault('asterisk', 4_000)] }),
      },
      {
        what: 'a confirmation without the message when the person hung up while the service was away',
        evidence: evidence({
          calls: [call(0, { plays: [], endedBy: 'here', endedAt: T + 5_000 }), closingCall()],
          faults: [fault('controller', 3_000)],
        }),
      },
      {
        what: 'a message that was played without a key',
        evidence: unreached({
          attempts: [attempt(0, { outcome: 'hung_up' })],
          calls: [quiet(0, { plays: [{ earliest: T, latest: T }] })],
        }),
        finds: 'heard the message without a key',
      },
    ]);
  });

  describe('of closing calls', () => {
    const closed = (attempts: readonly Attempt[], calls: readonly HeardCall[]): Evidence =>
      evidence({ attempts: [attempt(0), ...attempts], calls: [call(0), ...calls] });
    table([
      {
        what: 'a reached person without a closing call',
        evidence: closed([], []),
        finds: 'heard no closing call: no call',
      },
      {
        what: 'a reached person whose only closing call was interrupted',
        evidence: closed([closing({ outcome: 'interrupted' })], [closingCall()]),
        finds: 'heard no closing call: interrupted',
      },
      {
        what: 'a person who heard the closing call and got another',
        evidence: closed(
          [closing({ endedAt: T + 70_500 }), attempt(72_000, { purpose: 'closing', outcome: 'no_digit' })],
          [closingCall(), quiet(72_000)],
        ),
        finds: 'called 1 times more',
      },
      {
        what: 'a closing call to a person who was not reached',
        evidence: unreached({
          attempts: [attempt(0, { outcome: 'declined' }), closing()],
          calls: [refused(0), closingCall()],
        }),
        finds: 'was not reached and got a closing call',
      },
      {
        what: 'an alert after the close',
        evidence: unreached({ attempts: [attempt(61_000, { outcome: 'declined' })], calls: [refused(61_000)] }),
        finds: 'was made after the close',
      },
      {
        what: 'a closing call before the close',
        evidence: evidence({
          attempts: [attempt(0), attempt(30_000, { purpose: 'closing', outcome: 'no_digit' })],
          calls: [call(0), quiet(30_000)],
        }),
        finds: 'of an action that was not closed',
      },
    ]);
  });

  describe('of calls that outlive the controller', () => {
    const cut = evidence({
      attempts: [interrupted(0), attempt(20_000), closing()],
      calls: [quiet(0, { endedAt: T + 4_500 }), call(20_000), closingCall()],
      faults: [fault('controller', 3_500)],
    });
    const notAgain = evidence({
      calls: [call(0, { endedAt: T + 14_000, plays: [{ earliest: T + 2_100, latest: T + 2_100 }] }), closingCall()],
      faults: [fault('controller', 4_000)],
    });
    table([
      {
        what: 'a call that ended when the controller died',
        evidence: cut,
        finds: "ended at .*, with the controller's death",
      },
      {
        what: 'a call that ended when the controller died, when calls need not go on',
        evidence: cut,
        rules: { callsGoOn: false },
      },
      {
        what: 'a call that the citizen ended',
        evidence: { ...cut, calls: [quiet(0, { endedAt: T + 4_500, endedBy: 'here' }), call(20_000), closingCall()] },
      },
      {
        what: 'a call that had come to its end, with the message heard twice',
        evidence: evidence({ faults: [fault('controller', 8_000)] }),
      },
      { what: 'a call that died with Asterisk', evidence: { ...cut, faults: [fault('both', 3_500)] } },
      {
        what: 'a message that did not begin again',
        evidence: notAgain,
        finds: 'did not hear it again from the start',
      },
      {
        what: 'a message that began again',
        evidence: evidence({
          calls: [
            call(0, {
              endedAt: T + 14_000,
              plays: [2_100, 6_000].map((at) => ({ earliest: T + at, latest: T + at })),
            }),
            closingCall(),
          ],
          faults: [fault('controller', 4_000)],
        }),
      },
      {
        what: 'a message that began again while the controller was away',
        evidence: {
          ...notAgain,
          calls: [
            call(0, {
              endedAt: T + 20_000,
              plays: [2_100, 6_000].map((at) => ({ earliest: T + at, latest: T + at })),
            }),
            closingCall(),
          ],
          faults: [fault('controller', 4_000, { startedAt: T + 6_500, until: T + 8_000 })],
        },
      },
      {
        what: 'a start that took too long',
        evidence: evidence({ faults: [fault('controller', 30_000, { backMs: 3_100 })] }),
        finds: 'calls went on 3100 ms after its start',
      },
      {
        what: 'a start that took too long, when its time has no limit',
        evidence: evidence({ faults: [fault('controller', 30_000, { backMs: 3_100 })] }),
        rules: { backWithinMs: null },
      },
    ]);
  });

  describe('of things left behind', () => {
    const left = (change: Partial<Leftovers>): Evidence => evidence({ leftovers: { ...NOTHING_LEFT, ...change } });
    table([
      {
        what: 'a call that is left in Asterisk',
        evidence: left({ calls: ['bn-x-a1'] }),
        finds: 'still had the call bn-x-a1',
      },
      {
        what: 'a bridge that is left in Asterisk',
        evidence: left({ bridges: ['b'] }),
        finds: 'still had the bridge b',
      },
      { what: 'a line that is still in use', evidence: left({ linesInUse: 2 }), finds: '2 lines were still in use' },
      { what: 'an exit code other than 0', evidence: left({ exitCode: 1 }), finds: 'exited with 1 instead of 0' },
      { what: 'an exit by a signal', evidence: left({ exitCode: null }), finds: 'exited with a signal' },
      {
        what: 'a process that is left running',
        evidence: left({ processes: ['asterisk -C x'] }),
        finds: 'a process was left running: asterisk',
      },
    ]);
  });
});
