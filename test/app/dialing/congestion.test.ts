import { expect } from 'chai';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { anybody, chance } from '../../support/chance.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { CONGESTED, HANGS_UP, NO_DIGIT, PRESSES, type FarEnd } from '../../support/far-end.js';
import { mostStarts } from '../../support/line-use.js';

describe('when the operator is congested, the dialer', function () {
  this.timeout(60_000);
  let room: ControlRoom;

  const open = (people: number, options: RoomOptions = {}): void => {
    room = new ControlRoom(options);
    room.people(people);
  };
  const script = (n: number, ...scripts: FarEnd[]): void => {
    room.telephony.script(mobile(n), ...scripts);
  };
  /** The operator refuses every call in this way between these times, ms. */
  const full = (from: number, to: number, how: FarEnd): void => {
    room.telephony.operator = ({ now }) => (now >= from && now < to ? how : undefined);
  };
  const starts = (): number[] => room.telephony.placed.map(({ at }) => at);
  const refusal = (status: number, reason: string, retryAfterSeconds?: number): FarEnd => ({
    refuses: { status, reason, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
    ringsAfterMs: 'never',
  });

  afterEach(() => {
    room.close();
  });

  it('gives the line of a refused callback at once', async () => {
    open(1, { lines: 3, tipLines: 2, cps: 1 });
    script(1, CONGESTED, PRESSES);
    await room.running();
    await room.clock.advance(300);
    expect([room.lines.outbound, room.telephony.live]).to.deep.equal([0, 0]);
  });

  it('uses up no try, and calls others first: after a second the first time, later each time after that', async () => {
    open(3, { cps: 1, retry: 'off', lines: 3, tipLines: 2 });
    script(1, CONGESTED, CONGESTED, CONGESTED, PRESSES);
    script(2, HANGS_UP);
    script(3, HANGS_UP);
    const action = await room.running();
    await room.calledOut(action);
    expect(room.telephony.placed.map(({ to }) => to)).to.deep.equal([1, 2, 1, 3, 1, 1].map(mobile));
    expect(room.outcomes(action, mobile(1))).to.deep.equal([...Array<string>(3).fill('congestion'), 'confirmed']);
    expect(room.actions.view(action.id).warning).to.equal(null);
  });

  it('counts the refusals of calls that were on their way together as one', async () => {
    open(12, { lines: 12, cps: 100 });
    room.telephony.otherwise = PRESSES;
    for (let n = 1; n <= 10; n++) script(n, CONGESTED, PRESSES);
    const action = await room.running();
    await room.clock.advance(400);
    expect(room.actions.view(action.id).warning).to.equal(
      'the operator limits us (SIP 503 Service Unavailable): 50 calls a second instead of 100',
    );
    await room.calledOut(action);
    expect(room.actions.view(action.id).counts).to.include({ confirmed: 12, congestion: 10 });
    expect(room.log.said('warn')).to.have.lengthOf(1);
  });

  it('reports the SIP status in the log, the events and the warning for as long as the congestion lasts', async () => {
    open(400, { lines: 100, cps: 10 });
    room.telephony.otherwise = HANGS_UP;
    full(2_500, 3_200, refusal(429, 'Too Many Requests'));
    const action = await room.running();
    await room.clock.advance(3_000);
    expect(room.actions.view(action.id).warning).to.contain('SIP 429 Too Many Requests').and.contain('instead of 10');
    const said = room.log.lines.find(({ level }) => level === 'warn');
    expect(said).to.deep.include({ message: 'the operator limits us; calling slower' });
    expect(said!.fields).to.include({ sipStatus: 429, callsPerSecond: 5 });
    await room.clock.advance(20_000);
    expect(room.actions.view(action.id).warning).to.equal(null);
    const events = room.actions.eventsAfter(action.id, 0, 100_000).filter(({ type }) => type === 'trunk');
    expect(events.map(({ data }) => data['limited'])).to.deep.equal([true, false]);
    expect(events[0]!.data).to.include({ sipStatus: 429 });
  });

  for (const [asked, kept] of [
    [40, 40],
    [86_400, 300],
  ] as const) {
    it(`makes no new call for ${kept} s when the operator asks for ${asked} s`, async () => {
      open(100, { lines: 50, cps: 10 });
      room.telephony.otherwise = PRESSES;
      full(2_000, 3_000, refusal(503, 'Service Unavailable', asked));
      const action = await room.running();
      await room.calledOut(action);
      const refused = room.telephony.placed.filter(({ end }) => end?.sipStatus === 503);
      const last = Math.max(...refused.map(({ call }) => call.endedAt!));
      const [next] = room.telephony.placed.filter(({ at }) => at > last);
      expect(next!.at - last).to.equal(kept * 1_000);
      expect(
        refused.map(({ to }) => to),
        'a person who was not refused is called first',
      ).not.to.include(next!.to);
      expect(refused).to.have.lengthOf.within(4, 6);
      expect(room.actions.view(action.id).counts.confirmed).to.equal(100);
    });
  }

  it('finds the rate that the operator accepts, stays near it, and returns to the full rate when there is room', async () => {
    open(1_000, { lines: 400, tipLines: 10, cps: 10, retry: 'off' });
    room.telephony.otherwise = HANGS_UP;
    let most = 4;
    const taken: number[] = [];
    room.telephony.operator = ({ now }) => {
      if (taken.filter((at) => at > now - 1_000).length >= most) return refusal(503, 'Service Unavailable');
      taken.push(now);
      return undefined;
    };
    const action = await room.running();
    await room.clock.advance(60_000);
    const before = room.actions.view(action.id).counts;
    expect(taken.length, 'of 240 calls that the operator accepts in a minute').to.be.at.least(150);
    expect(before.congestion).to.be.at.most(25);
    most = 100;
    await room.clock.advance(30_000);
    const since = taken.length;
    await room.clock.advance(20_000);
    expect(taken.length - since).to.be.at.least(195);
    await room.calledOut(action);
    expect(room.actions.view(action.id).counts).to.include({ hung_up: 1_000, waiting: 0 });
    expect(mostStarts(starts(), 1_000)).to.be.at.most(10);
  });

  it('finds how many lines the operator gives, keeps tip lines free among them, and tries for more', async () => {
    open(300, { lines: 40, tipLines: 4, cps: 10, retry: 'off' });
    room.telephony.otherwise = NO_DIGIT;
    const most = 20;
    const refusals: number[] = [];
    room.telephony.operator = ({ live, now }) => {
      if (live < most) return undefined;
      refusals.push(now);
      return refusal(403, 'Channel limit reached');
    };
    const action = await room.running();
    await room.clock.advance(20_000);
    expect(room.actions.view(action.id).warning).to.match(/SIP 403 Channel limit reached\): .*lines instead of 40/);
    const lines: number[] = [];
    for (let second = 0; second < 60; second++) {
      await room.clock.advance(1_000);
      lines.push(room.telephony.live);
    }
    expect(Math.max(...lines)).to.be.at.most(most);
    expect(lines.reduce((sum, live) => sum + live, 0) / lines.length).to.be.at.least(14);
    expect(refusals.length).to.be.at.most(15);
    await room.calledOut(action);
    expect(room.actions.view(action.id).counts).to.include({ no_digit: 300 });
  });

  it('is not stopped by numbers that the operator always refuses', async () => {
    open(300, { lines: 60, tipLines: 6, cps: 10, retry: 'off' });
    const next = chance(3);
    for (let n = 1; n <= 300; n++) script(n, anybody(next));
    for (const n of [5, 50, 150]) script(n, CONGESTED);
    const action = await room.running();
    await room.calledOut(action);
    const bad = [5, 50, 150].map(mobile);
    const others = room.attempts(action).filter(({ phone }) => !bad.includes(phone));
    expect(new Set(others.map(({ phone }) => phone)).size).to.equal(297);
    for (const phone of bad)
      expect(room.outcomes(action, phone)).to.deep.equal([...Array<string>(4).fill('congestion'), 'unreachable']);
  });

  it('keeps trying, but seldom, when the operator refuses everything', async () => {
    open(50, { cps: 10, retry: 'off' });
    room.telephony.operator = () => refusal(503, 'Service Unavailable');
    const action = await room.running();
    await room.clock.advance(600_000);
    const tries = starts().filter((at) => at > 60_000);
    expect(tries.length).to.be.within(60, 120);
    expect(room.actions.view(action.id).counts.waiting + room.telephony.live).to.equal(50);
  });
});
