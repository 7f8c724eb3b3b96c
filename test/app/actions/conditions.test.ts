import { expect } from 'chai';
import { planAnswer } from '../../../src/adapters/http/routes/action-schemas.js';
import type { Warning } from '../../../src/domain/warning.js';
import { ControlRoom } from '../../support/control-room.js';

describe('the warnings of an action', () => {
  let room: ControlRoom;

  afterEach(() => {
    room.close();
  });
  beforeEach(() => {
    room = new ControlRoom();
    room.person(1);
  });

  const codes = (warnings: readonly Warning[] = []): string[] => warnings.map(({ code }) => code);
  const draft = async (): Promise<{ id: number; inPlan: string[] }> => {
    const { id } = await room.draft();
    return { id, inPlan: codes((await room.actions.preview(id)).plan.warnings) };
  };
  const off = (): void => {
    room.softphones.setDuty(room.centralist.id, false);
  };

  it('are absent when its centralist is on duty with a registered softphone', async () => {
    room.softphones.setDuty(room.centralist.id, true);
    expect((await draft()).inPlan).to.deep.equal([]);
  });

  it('name missing softphones in the plan, before the start and after it', async () => {
    room.telephony.registers(room.centralist.sipUsername, false);
    off();
    const { id, inPlan } = await draft();
    const all = ['nobody_on_duty', 'no_softphone', 'nobody_to_answer'];
    expect(inPlan).to.deep.equal(all);
    expect(codes(room.actions.view(id).warnings)).to.deep.equal(all);
    await room.actions.start(id);
    const { action, warnings } = room.actions.view(id);
    // An emergency comes first, so the action starts, and the plan keeps the warnings of that moment.
    expect(action.state).to.equal('running');
    expect(codes(action.plan?.warnings)).to.deep.equal(all);
    expect(codes(warnings)).to.deep.equal(['no_softphone', 'nobody_to_answer']);
    const [warning] = planAnswer(action.plan!).warnings.filter(({ code }) => code === 'no_softphone');
    expect(warning).to.include({ centralistId: room.centralist.id, extension: room.centralist.extension });
    expect(warning?.text).to.include('not registered');
  });

  it('name only the own softphone while a colleague on duty can take tips', async () => {
    const colleague = room.addCentralist('202', {});
    room.telephony.registers(room.centralist.sipUsername, false);
    const { id, inPlan } = await draft();
    expect(inPlan).to.deep.equal(['no_softphone']);
    await room.actions.start(id);
    room.softphones.setDuty(colleague.id, false);
    off();
    expect(codes(room.actions.view(id).warnings)).to.deep.equal(['nobody_on_duty', 'no_softphone']);
  });

  it('name the trunk while the operator does not work, and not after that', async () => {
    room.softphones.setDuty(room.centralist.id, true);
    room.telephony.problem = { code: 'trunk_refused', sipStatus: 403 };
    const { id, inPlan } = await draft();
    expect(inPlan).to.deep.equal(['trunk_refused']);
    expect(room.actions.view(id).warnings[0]).to.deep.include({ sipStatus: 403 });
    room.telephony.problem = { code: 'trunk_down', asked: 'options' };
    expect(codes(room.actions.view(id).warnings)).to.deep.equal(['trunk_down']);
    room.telephony.problem = null;
    expect(codes(room.actions.view(id).warnings)).to.deep.equal([]);
    await room.actions.start(id);
    await room.actions.close(id, { result: 'found' });
    room.telephony.problem = { code: 'trunk_down', asked: 'options' };
    expect(room.actions.view(id).warnings).to.deep.equal([]);
  });

  it('name the number of participants whom the night excludes', async () => {
    room.close();
    room = new ControlRoom({ night: { from: 0, to: 23 * 60 } });
    room.softphones.setDuty(room.centralist.id, true);
    room.person(1);
    const { plan } = await room.actions.preview((await room.draft()).id);
    expect(plan.warnings).to.deep.equal([{ code: 'night', leftOut: 1 }]);
  });
});
