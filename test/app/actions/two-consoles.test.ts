import { expect } from 'chai';
import { ACTION_STATES, type Action, type ActionState } from '../../../src/domain/action.js';
import { Problem } from '../../../src/domain/problem.js';
import { deferred, type Deferred } from '../../../src/lib/deferred.js';
import type { Speech } from '../../../src/ports/speech.js';
import { calleesOf, mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom, fakeSpeech } from '../../support/control-room.js';
import { BUSY, PRESSES, type FarEnd } from '../../support/far-end.js';

const COMMANDS = ['start', 'pause', 'resume', 'update', 'close'] as const;
type Command = (typeof COMMANDS)[number];
/** Commands with speech to render, which begin at one moment and end at another. */
const SLOW: readonly Command[] = ['update', 'close'];

/**
 * Three seconds after the start these participants have hung up, listen, hear the prompt, hear ringing, wait
 * for a retry, listen, and were not called yet.
 */
const PEOPLE: readonly (readonly FarEnd[])[] = [
  [{ answersAfterMs: 200, presses: [{ digit: '1', atMs: 200 }], hangsUpAtMs: 600 }, { answersAfterMs: 500 }],
  [{ answersAfterMs: 200, presses: [{ digit: '1', atMs: 1_000 }] }, { answersAfterMs: 500 }],
  [{ answersAfterMs: 500, presses: [{ digit: '1', atMs: 6_000 }] }, { answersAfterMs: 500 }],
  [{ answersAfterMs: 9_000, presses: [{ digit: '1', atMs: 500 }] }, PRESSES],
  [BUSY, PRESSES],
  [{ answersAfterMs: 200, presses: [{ digit: '1', atMs: 500 }] }, { answersAfterMs: 500 }],
  [PRESSES, { answersAfterMs: 500 }],
];
const BEGUN_MS = 3_000;
/** No time between two moments, and every line in use. */
const AT_ONCE = { ms: 0, lines: 5 };
/** Enough time between two moments for the dialer to hold an action that is being closed, and free lines. */
const APART = { ms: 300, lines: 15 };

/** A command of one console: its moments and its result. */
interface Given {
  readonly command: Command;
  readonly moments: readonly (() => void)[];
  result(): Promise<Action | Problem>;
}

/** Every order of the moments of two commands. */
function merges<T>(a: readonly T[], b: readonly T[]): T[][] {
  const [[first], [second]] = [a, b];
  if (first === undefined) return [[...b]];
  if (second === undefined) return [[...a]];
  return [
    ...merges(a.slice(1), b).map((rest) => [first, ...rest]),
    ...merges(a, b.slice(1)).map((rest) => [second, ...rest]),
  ];
}

describe('two consoles at the same time', function () {
  this.timeout(60_000);
  let room: ControlRoom;
  let action: Action;
  const rendering = new Map<string, Deferred<void>>();
  const speech: Speech = {
    ...fakeSpeech,
    render: async (text) => {
      await rendering.get(text)?.promise;
      return fakeSpeech.render(text);
    },
  };

  const open = async (state: ActionState, lines: number): Promise<void> => {
    rendering.clear();
    room = new ControlRoom({ lines, tipLines: 1, cps: 100, retry: 'busy:1@5s', speech });
    for (const [index, scripts] of PEOPLE.entries()) {
      room.person(index + 1);
      room.telephony.script(mobile(index + 1), ...scripts);
    }
    action = await room.draft();
    if (state === 'draft') return;
    await room.actions.start(action.id);
    await room.clock.advance(BEGUN_MS);
    if (state === 'paused') room.actions.pause(action.id);
    if (state === 'closed') await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
  };

  const give = (command: Command, console: string): Given => {
    const { actions } = room;
    const { id } = action;
    const text = `${command === 'update' ? 'message' : 'end'}-${console}`;
    let result: Promise<Action | Problem> | undefined;
    const orProblem = (work: () => Action | Promise<Action>): void => {
      result = new Promise<Action>((resolve) => {
        resolve(work());
      }).catch((error: unknown) => {
        if (error instanceof Problem) return error;
        throw error;
      });
    };
    const begin: Record<Command, () => void> = {
      start: () => orProblem(() => actions.start(id)),
      pause: () => orProblem(() => actions.pause(id)),
      resume: () => orProblem(() => actions.resume(id)),
      update: () => orProblem(() => actions.update(id, { text })),
      close: () => orProblem(() => actions.close(id, { result: 'found', message: { text } })),
    };
    const ready = deferred<void>();
    if (SLOW.includes(command)) rendering.set(text, ready);
    return {
      command,
      moments: SLOW.includes(command) ? [begin[command], () => ready.resolve()] : [begin[command]],
      result: () => result ?? Promise.reject(new Error('the command was not given')),
    };
  };

  const states = (): unknown[] =>
    room.actions
      .eventsAfter(action.id, 0, 1_000)
      .filter(({ type }) => type === 'action')
      .map(({ data }) => data.state)
      .filter((state, index, all) => state !== all[index - 1]);

  /** Runs until every participant who can be called was called, and closes the action. */
  const toTheEnd = async (): Promise<void> => {
    const { actions } = room;
    const state = (): ActionState => actions.view(action.id).action.state;
    if (state() === 'draft') await actions.start(action.id);
    if (state() === 'paused') {
      const before = room.telephony.placed.length;
      await room.clock.advance(60_000);
      expect(room.telephony.placed.length, 'calls while it is paused').to.equal(before);
      actions.resume(action.id);
    }
    await room.calledOut(action);
    if (state() !== 'closed') {
      const reached = calleesOf(room.stores, action.id).filter(({ reachedAt }) => reachedAt !== null);
      expect(reached, 'nobody is forgotten').to.have.lengthOf(PEOPLE.length);
      await room.clock.finish(actions.close(action.id, { result: 'found', message: { text: 'end' } }));
      await room.calledOut(action);
    }
  };

  const MOVES = new Set(['draft running', 'running paused', 'paused running', 'running closed', 'paused closed']);

  const judge = (given: readonly Given[], results: readonly (Action | Problem)[]): void => {
    for (const result of results)
      if (result instanceof Problem) expect(result.code, result.message).to.equal('conflict');
    const done = given.filter((_, index) => !(results[index] instanceof Problem)).map(({ command }) => command);
    const { action: now } = room.actions.view(action.id);
    expect(now.state).to.equal('closed');
    expect(now.message.version, 'one for each update').to.equal(1 + done.filter((one) => one === 'update').length);
    const passed = states();
    for (const [index, state] of passed.slice(1).entries())
      expect(MOVES, `${String(passed[index])} ${String(state)}`).to.include(
        `${String(passed[index])} ${String(state)}`,
      );
    expect(passed.filter((state) => state === 'closed')).to.have.lengthOf(1);
    const selected = room.database.sqlite.prepare('SELECT count(*) FROM selection WHERE action_id = ?').pluck();
    expect(selected.get(action.id), 'one selection').to.equal(PEOPLE.length);

    const closedAt = now.closedAt ?? 0;
    const reached = calleesOf(room.stores, action.id).filter(({ reachedAt }) => reachedAt !== null);
    const attempts = room.stores.attempts.ofAction(action.id);
    const told = attempts.filter(({ purpose }) => purpose === 'closing').map(({ participantId }) => participantId);
    expect(told.toSorted(), 'how it ended, to the reached, once').to.deep.equal(
      reached.map(({ participantId }) => participantId).toSorted(),
    );
    for (const { purpose, dialedAt, answeredAt, endedAt, outcome } of attempts) {
      expect(outcome).not.to.equal(null);
      if (purpose === 'closing') expect(dialedAt).to.be.at.least(closedAt);
      else {
        expect(dialedAt).to.be.at.most(closedAt);
        if (answeredAt === null) expect(endedAt, 'nothing rings on').to.be.at.most(closedAt + 2_000);
      }
    }
    for (const n of PEOPLE.keys()) {
      const calls = room.telephony.callsTo(mobile(n + 1));
      for (const [index, call] of calls.slice(1).entries())
        expect(call.at, 'never two at once').to.be.at.least(calls[index]?.call.endedAt ?? Infinity);
      const heard = calls.flatMap(({ call }) => [...new Set(call.heardWords.match(/message-\w+/g))]);
      expect(heard, 'nobody hears a message in two calls').to.deep.equal([...new Set(heard)]);
    }
    expect(room.lines.outbound).to.equal(0);
    room.dialer.stop();
    expect(room.clock.pending, 'nothing is left to happen').to.equal(0);
  };

  for (const state of ACTION_STATES) {
    for (const [place, first] of COMMANDS.entries()) {
      for (const second of COMMANDS.slice(place)) {
        it(`can give ${first} and ${second} in any order to an action that is ${state}`, async () => {
          const orders = merges(SLOW.includes(first) ? ['a', 'a'] : ['a'], SLOW.includes(second) ? ['b', 'b'] : ['b']);
          const ways = SLOW.includes(first) || SLOW.includes(second) ? [AT_ONCE, APART] : [AT_ONCE];
          for (const order of orders) {
            for (const { ms, lines } of ways) {
              await open(state, lines);
              try {
                const given = { a: give(first, '2'), b: give(second, '3') };
                const moments = { a: [...given.a.moments], b: [...given.b.moments] };
                for (const one of order) {
                  moments[one as 'a' | 'b'].shift()?.();
                  await room.clock.advance(ms);
                }
                const results = await room.clock.finish(Promise.all([given.a.result(), given.b.result()]));
                const before = states().at(-1);
                // Both consoles gave the same command, so both must get the result that they asked for.
                if (first === second && !(results[0] instanceof Problem))
                  expect(results[1]).not.to.be.instanceOf(Problem);
                expect(room.actions.view(action.id).action.state).to.equal(before);
                await toTheEnd();
                judge([given.a, given.b], results);
              } catch (error) {
                if (error instanceof Error) error.message = `${order.join('')}, ${ms} ms apart: ${error.message}`;
                throw error;
              } finally {
                room.close();
              }
            }
          }
        });
      }
    }
  }
});
