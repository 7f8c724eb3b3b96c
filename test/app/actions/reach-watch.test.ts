import { expect } from 'chai';
import { EventJournal } from '../../../src/app/journal/event-journal.js';
import { ReachWatch } from '../../../src/app/actions/reach-watch.js';
import type { Action } from '../../../src/domain/action.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom } from '../../support/control-room.js';
import { BUSY, PRESSES, RINGS_OUT } from '../../support/far-end.js';

describe('an action that reaches hardly anybody', () => {
  let room: ControlRoom;
  let watch: ReachWatch;

  const open = (lines: number): void => {
    room = new ControlRoom({ lines, tipLines: 2, cps: 1_000, retry: 'no_answer:1@120s,busy:1@60s' });
    const { actions, clock, log, stores } = room;
    watch = new ReachWatch({ events: new EventJournal(stores.events, clock, log), actions, clock, log });
  };
  afterEach(() => {
    watch.close();
    room.close();
  });

  const low = (action: Action): unknown[] =>
    room.actions.view(action.id).warnings.filter(({ code }) => code === 'low_reach');
  const logged = (level: 'error' | 'warn', words: RegExp): number =>
    room.log.said(level).filter((message) => words.test(message)).length;
  const alarms = (action: Action): unknown[] =>
    room.stores.events
      .after(action.id, 0, 10_000)
      .filter(({ type }) => type === 'alarm')
      .map(({ data }) => data);

  it('warns with figures, once in the log, and no more when people are reached again', async () => {
    open(52);
    room.people(100);
    for (let n = 1; n <= 50; n++) room.telephony.script(mobile(n), RINGS_OUT);
    for (let n = 51; n <= 100; n++) room.telephony.script(mobile(n), PRESSES);
    const action = await room.running();
    await room.clock.advance(29_000);
    expect(low(action), 'all of them still ring').to.deep.equal([]);
    // The last of the first calls rings out, and the next are placed.
    await room.clock.until(() => low(action).length > 0);
    await room.clock.advance(1_100);
    expect(low(action)).to.deep.equal([{ code: 'low_reach', called: 50, reached: 0 }]);
    expect(logged('error', /HARDLY ANYBODY IS REACHED/)).to.equal(1);
    await room.clock.advance(10_000);
    expect(low(action)).to.deep.equal([]);
    const raised = { code: 'low_reach', raised: true };
    expect(alarms(action)).to.have.length(2);
    expect(alarms(action)[0]).to.include(raised);
    expect(alarms(action)[1]).to.deep.equal({ code: 'low_reach', raised: false });
    expect(logged('warn', /people are reached again/)).to.equal(1);
    await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
    await room.calledOut(action);
    await room.clock.advance(2_000);
    expect(logged('error', /HARDLY ANYBODY IS REACHED/)).to.equal(1);
  });

  it('warns when everybody was called and nobody was reached, until it is closed', async () => {
    open(12);
    room.people(3);
    room.telephony.otherwise = BUSY;
    const action = await room.running();
    await room.clock.advance(30_000);
    expect(low(action), 'they are called once more').to.deep.equal([]);
    await room.calledOut(action);
    await room.clock.advance(2_000);
    expect(low(action)).to.deep.equal([{ code: 'low_reach', called: 3, reached: 0 }]);
    expect(alarms(action)).to.deep.equal([{ code: 'low_reach', raised: true, called: 3, reached: 0 }]);
    await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
    await room.clock.advance(2_000);
    expect(low(action)).to.deep.equal([]);
    expect(alarms(action)).to.have.length(2);
  });
});
