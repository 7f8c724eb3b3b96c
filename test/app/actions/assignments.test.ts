import { expect } from 'chai';
import { stub } from 'sinon';
import type { Centralist } from '../../../src/ports/stores.js';
import { Problem } from '../../../src/domain/problem.js';
import { ControlRoom } from '../../support/control-room.js';
import type { FarEnd } from '../../support/far-end.js';

describe('an action', () => {
  let room: ControlRoom;
  let colleague: Centralist;

  const problem = (work: () => unknown): Problem => {
    try {
      work();
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    throw new Error('the request was not refused');
  };
  const isOnDuty = ({ id }: Centralist): boolean => room.stores.centralists.get(id)?.onDuty ?? false;

  beforeEach(async () => {
    room = new ControlRoom();
    room.person(1);
    ({ centralist: colleague } = await room.centralists.add({ name: 'Kees', extension: '22' }));
  });

  afterEach(() => {
    room.close();
  });

  describe('that is taken over', () => {
    it('goes to a colleague, who goes on duty, while the former centralist stays on duty', async () => {
      const { id } = await room.running();
      expect(isOnDuty(colleague)).to.equal(false);
      expect(room.actions.takeOver(id, colleague.id)).to.include({ centralistId: colleague.id, state: 'running' });
      expect([isOnDuty(colleague), isOnDuty(room.centralist)]).to.deep.equal([true, true]);
      const [event] = room.actions
        .eventsAfter(id, 0, 1_000)
        .filter(({ type }) => type === 'action')
        .slice(-1);
      expect(event?.data).to.deep.include({ centralistId: colleague.id, team: [] });
    });

    it('goes to a member of the team, who leaves the team', async () => {
      const { id } = await room.draft();
      room.actions.setTeam(id, [colleague.id]);
      expect(room.actions.takeOver(id, colleague.id).team).to.deep.equal([]);
    });

    it('does not go to an unknown centralist, nor to anybody when it is closed', async () => {
      const { id } = await room.running();
      expect(problem(() => room.actions.takeOver(id, 99))).to.deep.include({ code: 'invalid' });
      expect(problem(() => room.actions.takeOver(id, 99)).fields[0]?.field).to.equal('centralistId');
      expect(problem(() => room.actions.takeOver(99, colleague.id)).code).to.equal('not_found');
      await room.actions.close(id, { result: 'found' });
      expect(problem(() => room.actions.takeOver(id, colleague.id)).code).to.equal('conflict');
    });
  });

  describe('with a team', () => {
    it('has each colleague once, without its own centralist, and a new team replaces the old one', async () => {
      const { id } = await room.draft();
      const ids = [colleague.id, room.centralist.id, colleague.id];
      expect(room.actions.setTeam(id, ids).team).to.deep.equal([colleague.id]);
      expect(isOnDuty(colleague), 'to help is not to be on duty').to.equal(false);
      expect(room.actions.setTeam(id, []).team).to.deep.equal([]);
    });

    it('refuses an unknown centralist and names the wrong entry', async () => {
      const { id } = await room.draft();
      const error = problem(() => room.actions.setTeam(id, [colleague.id, 99]));
      expect(error.code).to.equal('invalid');
      expect(error.fields).to.deep.equal([{ field: 'centralistIds.1', message: 'there is no centralist 99' }]);
      expect(room.actions.view(id).action.team).to.deep.equal([]);
    });
  });

  describe('in a test call', () => {
    const listens = async (id: number, farEnd: FarEnd, centralistId?: number): Promise<string> => {
      room.telephony.script('desk21', farEnd);
      room.actions.testCall(id, centralistId);
      const [call] = room.telephony.callsTo('desk21').slice(-1);
      await room.clock.finish(call!.call.ended);
      return call!.call.heardWords;
    };

    it('sounds exactly as a citizen hears it', async () => {
      const { id } = await room.draft({ kind: 'missing_child' });
      const farEnd = { answersAfterMs: 1_000, presses: [{ digit: '5', atMs: 2_000 }] } as const;
      expect(await listens(id, farEnd)).to.equal('alert-prompt message-1 message-1 ending-child thanks');
      const [call] = room.telephony.callsTo('desk21');
      expect(call?.order.callerId).to.deep.equal({ number: '08000011', name: 'Proef actie 1' });
      expect(room.attempts(room.actions.view(id).action), 'it is not an attempt').to.deep.equal([]);
      expect([room.lines.outbound, room.lines.inbound]).to.deep.equal([0, 0]);
    });

    it('plays the goodbye without a key, and the current message while it runs', async () => {
      const { id } = await room.running();
      await room.actions.update(id, { text: 'message-2' });
      expect(await listens(id, { answersAfterMs: 0 })).to.equal('alert-prompt alert-prompt alert-prompt alert-goodbye');
      const farEnd = { answersAfterMs: 0, presses: [{ digit: '5', atMs: 2_000 }] } as const;
      expect(await listens(id, farEnd)).to.contain('message-2 message-2');
    });

    it('rings a chosen colleague', async () => {
      const { id } = await room.draft();
      room.telephony.script(colleague.sipUsername, { answersAfterMs: 0, hangsUpAtMs: 1_000 });
      room.actions.testCall(id, colleague.id);
      expect(room.softphones.engagements(colleague.id)).to.deep.equal(['desk_call']);
      await room.clock.advance(2_000);
      expect(room.softphones.isEngaged(colleague.id)).to.equal(false);
      expect(room.telephony.callsTo(colleague.sipUsername)).to.have.length(1);
    });

    it('does not ring a centralist who is in a call', async () => {
      const { id } = await room.draft();
      room.telephony.script('desk21', { answersAfterMs: 0, hangsUpAtMs: 1_000 });
      room.actions.testCall(id);
      const error = problem(() => room.actions.testCall(id));
      expect(error.code).to.equal('conflict');
      expect(error.fields.map(({ field }) => field)).to.deep.equal(['centralistId']);
      await room.clock.advance(2_000);
    });

    it('leaves the centralist free when the call cannot be made', async () => {
      const { id } = await room.draft();
      const broken = stub(room.telephony, 'placeAlert').throws(new Error('the sound is missing'));
      expect(() => {
        room.actions.testCall(id);
      }).to.throw('the sound is missing');
      broken.restore();
      expect(room.softphones.isEngaged(room.centralist.id)).to.equal(false);
    });

    it('refuses an unknown centralist, an unknown id and a closed action', async () => {
      const { id } = await room.running();
      expect(problem(() => room.actions.testCall(id, 99)).fields[0]?.field).to.equal('centralistId');
      expect(problem(() => room.actions.testCall(99)).code).to.equal('not_found');
      await room.actions.close(id, { result: 'found' });
      expect(problem(() => room.actions.testCall(id)).code).to.equal('conflict');
    });
  });
});
