import { expect } from 'chai';
import type { ControlRoom as Room } from '../../support/control-room.js';
import { Problem } from '../../../src/domain/problem.js';
import type { E164 } from '../../../src/domain/phone-number.js';
import type { Simulation } from '../../../src/domain/simulation.js';
import type { InboundCall } from '../../../src/domain/tip.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom } from '../../support/control-room.js';
import { PRESSES, type FarEnd } from '../../support/far-end.js';

const ASKED: Simulation = { mayStart: true, reason: 'no trunk is set' };
const BY_MISTAKE: Simulation = { mayStart: false, reason: 'no trunk is set' };

describe('a simulated phone network', () => {
  let room: Room;
  const open = (simulation: Simulation | null): Room => {
    room = new ControlRoom({ simulation, otherwise: PRESSES });
    room.softphones.setDuty(room.centralist.id, true);
    room.person(1);
    room.person(2);
    return room;
  };
  /** Restarts the process with another setting. */
  const restart = async (simulation: Simulation | null): Promise<void> => {
    room = await room.restart({ simulation, otherwise: PRESSES });
  };
  afterEach(() => {
    room.close();
  });
  const codes = (id: number): string[] => room.actions.view(id).warnings.map(({ code }) => code);
  const refusal = async (work: () => unknown): Promise<Problem> => {
    try {
      await work();
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    throw new Error('the request was not refused');
  };

  it('that the administrator did not ask for allows drafts and test calls, but no start', async () => {
    open(BY_MISTAKE);
    const { id } = await room.draft();
    expect(room.actions.view(id).action.simulated).to.equal(true);
    expect((await room.actions.preview(id)).plan.warnings).to.deep.equal([{ code: 'simulation', ...BY_MISTAKE }]);
    const refused = await refusal(() => room.actions.start(id));
    expect(refused.code).to.equal('no_trunk');
    expect(refused.message).to.include('BURGERNET_TRUNK').and.include('BURGERNET_SIMULATION=1');
    expect((await refusal(() => room.actions.start(id, { anyway: true }))).code).to.equal('no_trunk');
    expect(room.actions.view(id).action).to.include({ state: 'draft', startedAt: null });
    room.actions.testCall(id);
    await room.clock.advance(60_000);
    expect(room.telephony.callsTo(mobile(1))).to.have.length(0);
  });

  it('is shown in the plan and in the action, and stays with the action permanently', async () => {
    open(ASKED);
    const { id } = await room.draft();
    await room.actions.start(id);
    const { action } = room.actions.view(id);
    expect(action).to.include({ simulated: true, state: 'running' });
    expect(action.plan?.warnings).to.deep.include({ code: 'simulation', ...ASKED });
    expect(codes(id)).to.deep.equal(['simulation']);
    await room.calledOut(action);
    await room.actions.close(id, { result: 'found' });
    await room.clock.advance(120_000);
    await restart(null);
    expect(room.actions.view(id).action.simulated).to.equal(true);
    expect(room.actions.list()[0]?.simulated).to.equal(true);
    expect(room.actions.slice({ limit: 1 })[0]?.simulated).to.equal(true);
  });

  it('is not shown for a draft once there is a trunk, nor for an action that starts with one', async () => {
    open(ASKED);
    const { id } = await room.draft();
    await restart(null);
    expect(room.actions.list()[0]?.simulated).to.equal(false);
    await room.actions.start(id);
    expect(room.actions.view(id).action.simulated).to.equal(false);
    expect(codes(id)).to.deep.equal([]);
  });

  it('is never called for a real action, which goes on when the trunk setting is back', async () => {
    open(null);
    const { id } = await room.running();
    await restart(BY_MISTAKE);
    await room.clock.advance(600_000);
    expect(room.telephony.placed).to.deep.equal([]);
    const { action, counts, warnings } = room.actions.view(id);
    expect(action).to.include({ state: 'running', simulated: false });
    expect(counts.waiting).to.equal(2);
    expect(warnings).to.deep.include.members([{ code: 'simulation', ...BY_MISTAKE }]);
    expect(warnings.find(({ code }) => code === 'other_network')).to.include({ simulated: false });
    room.actions.pause(id);
    expect((await refusal(() => room.actions.resume(id))).code).to.equal('no_trunk');
    const closing = await room.actions.close(id, { result: 'found' }).catch((error: unknown) => error);
    expect(closing).to.be.instanceOf(Problem).and.include({ code: 'no_trunk' });
    await room.clock.advance(600_000);
    expect(room.telephony.placed).to.deep.equal([]);
    await restart(null);
    room.actions.resume(id);
    await room.calledOut(room.actions.view(id).action);
    expect(room.actions.view(id).counts.reached).to.equal(2);
  });

  it('leaves no real calls to a simulated action once there is a trunk', async () => {
    open(ASKED);
    const { id } = await room.running();
    await room.calledOut(room.actions.view(id).action);
    await room.actions.update(id, { text: 'Zij draagt een blauwe jas.' });
    await restart(null);
    await room.clock.advance(600_000);
    await room.actions.update(id, { text: 'Zij draagt een groene jas.' });
    room.actions.pause(id);
    expect((await refusal(() => room.actions.resume(id))).code).to.equal('conflict');
    expect(codes(id)).to.deep.equal(['other_network']);
    await room.actions.close(id, { result: 'found' });
    await room.clock.advance(600_000);
    expect(room.telephony.placed).to.deep.equal([]);
    await restart(null);
    await room.clock.advance(600_000);
    expect(room.telephony.placed).to.deep.equal([]);
  });

  for (const [here, now, code] of [
    [ASKED, null, 'conflict'],
    [null, ASKED, 'no_trunk'],
  ] as const) {
    const [then, since] = now === null ? ['simulated', 'real'] : ['real', 'simulated'];

    describe(`with a ${then} action, for ${since} callers of the tip line`, () => {
      let id: number;
      let before: InboundCall;
      beforeEach(async () => {
        open(here);
        const action = await room.running();
        id = action.id;
        await room.calledOut(action);
        room.telephony.ringUs(mobile(1), { hangsUpAtMs: 1_000 });
        await room.clock.advance(10_000);
        before = room.stores.inbound.list({})[0]!;
        expect(before).to.include({ actionId: id, reason: 'reached', result: 'abandoned' });
        await restart(now);
      });
      const ring = async (from: E164 | undefined, farEnd: FarEnd = {}): Promise<InboundCall> => {
        room.telephony.ringUs(from, farEnd, { withheld: from === undefined });
        await room.clock.advance(120_000);
        return room.stores.inbound.list({}).at(-1)!;
      };

      it('routes the callers as not selected, while the action runs and after its close', async () => {
        expect(await ring(mobile(1))).to.include({ actionId: null, reason: 'not_selected', result: 'refused' });
        if (now !== null) return;
        await room.clock.finish(room.actions.close(id, { result: 'found' }));
        expect(await ring(mobile(1))).to.include({ actionId: null, reason: 'not_selected', result: 'refused' });
      });

      it('accepts no personal code for the action', () => {
        const { codes } = room.tipLine;
        expect(codes.check(codes.of(before.participantId!))).to.deep.equal({ type: 'wrong' });
        const shown = codes.callerWithCode(before.participantId!);
        expect(shown).to.deep.include({ type: 'known', standings: [] });
      });

      it('adds no offline recording to the action', async () => {
        const at = room.clock.now();
        const call = { callId: 'left-1', from: mobile(1), withheld: false, receivedAt: at, endedAt: at + 9_000 };
        room.telephony.recordedOffline = [{ ...call, name: 'left-1', ms: 9_000 }];
        await room.tipLine.offlineRecordings.storeAll();
        expect(room.stores.inbound.byCallId('left-1')).to.include({ actionId: null, reason: 'controller_down' });
      });

      it('makes no callbacks for the action', async () => {
        const calls = room.telephony.placed.length;
        expect((await refusal(() => room.callbacks.callBack(before.id))).code).to.equal(code);
        await room.clock.advance(60_000);
        expect(room.telephony.placed).to.have.length(calls);
      });

      it('routes the callers to an action on the current network', async () => {
        const own = await room.running({ title: 'Overval' });
        await room.calledOut(own);
        expect(await ring(mobile(1), { hangsUpAtMs: 1_000 })).to.include({ actionId: own.id, reason: 'reached' });
      });
    });
  }
});
