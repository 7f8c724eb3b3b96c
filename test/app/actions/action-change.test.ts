import { expect } from 'chai';
import sinon from 'sinon';
import { Problem } from '../../../src/domain/problem.js';
import { deferred, type Deferred } from '../../../src/lib/deferred.js';
import { SpeechError, type Speech } from '../../../src/ports/speech.js';
import { mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom, fakeSpeech, type RoomOptions } from '../../support/control-room.js';
import { BUSY, NO_DIGIT, PRESSES, RINGS_OUT, type FarEnd } from '../../support/far-end.js';

describe('an action', () => {
  let room: ControlRoom;

  const open = (options: RoomOptions = {}): ControlRoom => (room = new ControlRoom(options));
  const script = (n: number, ...scripts: FarEnd[]): void => {
    room.telephony.script(mobile(n), ...scripts);
  };
  const problem = async (work: () => unknown): Promise<Problem> => {
    try {
      await work();
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    throw new Error('the request was not refused');
  };
  const fields = async (work: () => unknown): Promise<string[]> =>
    (await problem(work)).fields.map(({ field }) => field);
  /** The sounds of each call to a number, in order. */
  const heard = (n: number): string[] => room.telephony.callsTo(mobile(n)).map(({ call }) => call.heardWords);

  const MESSAGE = 'alert-prompt message-1 message-1 ending thanks';
  const CLOSING = 'closing-prompt De verdachte is aangehouden. De verdachte is aangehouden. closing-thanks';

  beforeEach(() => {
    open();
  });

  afterEach(() => {
    room.close();
  });

  describe('that is closed', () => {
    it('cancels ringing calls within two seconds, and calls every reached participant and nobody else', async () => {
      room.people(6);
      script(1, PRESSES, {});
      script(2, PRESSES, { answersAfterMs: 1_000 });
      script(3, NO_DIGIT);
      script(4, BUSY);
      script(5, RINGS_OUT);
      script(6, { ringsAfterMs: 'never' });
      const action = await room.running();
      await room.clock.advance(29_000);
      await room.clock.finish(room.actions.close(action.id, { result: 'arrested' }));
      const closedAt = room.clock.monotonic();
      await room.clock.advance(2_000);
      expect(room.outcomes(action, mobile(5))).to.deep.equal(['cancelled']);
      expect(room.outcomes(action, mobile(6))).to.deep.equal(['cancelled']);
      await room.calledOut(action);
      await room.clock.advance(600_000);
      expect(heard(2)).to.deep.equal([MESSAGE, CLOSING]);
      const later = room.telephony.placed.filter(({ at }) => at >= closedAt).map(({ to }) => to);
      // The first participant does not answer three closing calls. The second answers the first one.
      expect([...new Set(later)]).to.have.members([mobile(1), mobile(2)]);
      expect(room.outcomes(action, mobile(1), 'closing')).to.deep.equal(['no_answer', 'no_answer', 'no_answer']);
      expect(room.actions.view(action.id).counts).to.include({ closing_called: 2, closing_answered: 1, cancelled: 2 });
    });

    it('lets a participant hear the message to its end before the closing call', async () => {
      room.people(1);
      script(1, PRESSES, { answersAfterMs: 1_000 });
      const action = await room.running();
      await room.clock.advance(6_000);
      await room.clock.finish(room.actions.close(action.id, { result: 'arrested' }));
      await room.calledOut(action);
      expect(heard(1)).to.deep.equal([MESSAGE, CLOSING]);
      const [first, second] = room.telephony.callsTo(mobile(1));
      expect(second!.at).to.be.at.least(first!.call.endedAt!);
    });

    it('makes a closing call after an alert that is confirmed after the close, and none without a digit', async () => {
      room.person(1);
      room.person(2, 3);
      script(1, { answersAfterMs: 1_000, presses: [{ digit: '1', atMs: 15_000 }] }, { answersAfterMs: 1_000 });
      script(2, { answersAfterMs: 1_000 });
      script(3, PRESSES);
      const action = await room.running();
      await room.clock.advance(3_000);
      await room.clock.finish(room.actions.close(action.id, { result: 'arrested' }));
      await room.calledOut(action);
      await room.clock.advance(600_000);
      expect(heard(1).at(-1)).to.equal(CLOSING);
      expect(room.telephony.callsTo(mobile(2))).to.have.lengthOf(1);
      expect(heard(3)).to.deep.equal([]);
    });

    describe('while the closing message is still being rendered', () => {
      let words: Deferred<void>;

      beforeEach(() => {
        room.close();
        words = deferred();
        const render: Speech['render'] = async (text) => {
          if (text === 'terecht') await words.promise;
          return fakeSpeech.render(text);
        };
        open({ lines: 5, cps: 100, speech: { ...fakeSpeech, render } });
        room.people(5);
        script(1, PRESSES, { answersAfterMs: 1_000 });
        script(2, RINGS_OUT, PRESSES);
        script(3, RINGS_OUT, PRESSES);
        room.telephony.otherwise = PRESSES;
      });

      it('cancels ringing calls and starts none, and a listening participant gets the closing call later', async () => {
        const action = await room.running();
        await room.clock.advance(5_000);
        const closed = room.actions.close(action.id, { result: 'found', message: { text: 'terecht' } });
        closed.catch(() => undefined);
        await room.clock.advance(2_000);
        expect(room.dialer.people(action.id)).to.include({ dialing: 0, ringing: 0, in_call: 1 });
        for (const n of [2, 3]) expect(room.outcomes(action, mobile(n))).to.deep.equal(['cancelled']);
        await room.clock.advance(60_000);
        expect(room.telephony.placed).to.have.lengthOf(3);
        words.resolve();
        expect((await closed).state).to.equal('closed');
        await room.calledOut(action);
        expect(heard(1)).to.deep.equal([MESSAGE, 'closing-prompt terecht terecht closing-thanks']);
        expect(room.telephony.placed).to.have.lengthOf(4);
      });

      it('goes on when the rendering fails, and calls the cancelled participants again', async () => {
        const action = await room.running();
        await room.clock.advance(5_000);
        const closed = room.actions.close(action.id, { result: 'found', message: { text: 'terecht' } });
        closed.catch(() => undefined);
        await room.clock.advance(2_000);
        room.actions.pause(action.id);
        room.actions.resume(action.id);
        await room.clock.advance(10_000);
        expect(room.telephony.placed, 'also when it is resumed meanwhile').to.have.lengthOf(3);
        words.reject(new SpeechError('engine_failed', 'The voice is gone.'));
        expect((await problem(() => closed)).code).to.equal('unavailable');
        await room.calledOut(action);
        expect(room.actions.view(action.id)).to.have.nested.property('action.state', 'running');
        for (const n of [2, 3]) expect(room.outcomes(action, mobile(n))).to.deep.equal(['cancelled', 'confirmed']);
        expect(room.actions.view(action.id).counts).to.include({ reached: 5, confirmed: 5 });
      });
    });

    it('plays the closing message of the centralist when there is one', async () => {
      room.people(1);
      script(1, PRESSES, { answersAfterMs: 1_000 });
      const action = await room.running();
      await room.calledOut(action);
      await room.clock.finish(room.actions.close(action.id, { result: 'found', message: { text: 'terecht' } }));
      await room.calledOut(action);
      expect(heard(1)[1]).to.equal('closing-prompt terecht terecht closing-thanks');
    });

    it('is closed once when two consoles close it at the same time, even while it is paused', async () => {
      room.people(1);
      script(1, PRESSES, { answersAfterMs: 1_000 });
      const action = await room.running();
      await room.calledOut(action);
      room.actions.pause(action.id);
      const both = [
        room.actions.close(action.id, { result: 'arrested' }),
        room.actions.close(action.id, { result: 'false_alarm' }),
      ];
      const results = (await room.clock.finish(Promise.all(both))).map(({ result }) => result);
      expect(results).to.deep.equal(['arrested', 'arrested']);
      await room.calledOut(action);
      expect(heard(1)).to.deep.equal([MESSAGE, CLOSING]);
    });

    it('stays open when the closing message is empty, and a draft cannot be closed', async () => {
      room.people(1);
      const action = await room.running();
      const asked = (): unknown => room.actions.close(action.id, { result: 'found', message: { text: '' } });
      expect(await fields(asked)).to.deep.equal(['message.text']);
      expect(room.actions.view(action.id).action.state).to.equal('running');
      const draft = await room.draft();
      expect((await problem(() => room.actions.close(draft.id, { result: 'found' }))).code).to.equal('conflict');
    });
  });

  describe('that is updated', () => {
    const UPDATE = 'update-prompt message-2 message-2 ending thanks';
    const update = (id: number, text: string): Promise<unknown> => room.clock.finish(room.actions.update(id, { text }));

    it('makes update calls to participants who heard the old message, and alerts the others with the new', async () => {
      room.close();
      open({ lines: 3, tipLines: 2, cps: 1_000 });
      room.people(3);
      script(1, PRESSES);
      script(2, NO_DIGIT);
      script(3, PRESSES);
      const action = await room.running();
      await room.clock.until(() => room.telephony.callsTo(mobile(2)).length > 0);
      await update(action.id, 'message-2');
      await room.calledOut(action);
      expect(heard(1)).to.deep.equal([MESSAGE, UPDATE]);
      expect(heard(2)).to.have.lengthOf(1);
      expect(heard(3)).to.deep.equal(['alert-prompt message-2 message-2 ending thanks']);
      expect(room.attempts(action, 'update').map(({ messageVersion }) => messageVersion)).to.deep.equal([2]);
    });

    it('lets a participant hear the old message to its end before the update call', async () => {
      room.people(1);
      script(1, PRESSES);
      const action = await room.running();
      await room.clock.advance(6_000);
      await update(action.id, 'message-2');
      await room.calledOut(action);
      expect(heard(1)).to.deep.equal([MESSAGE, UPDATE]);
      const [first, second] = room.telephony.callsTo(mobile(1));
      expect(second!.at).to.be.at.least(first!.call.endedAt!);
    });

    it('plays the new message to a participant who has answered but not pressed a digit yet', async () => {
      room.people(1);
      script(1, PRESSES);
      const action = await room.running();
      await room.clock.advance(3_000);
      await update(action.id, 'message-2');
      await room.calledOut(action);
      expect(heard(1)).to.deep.equal(['alert-prompt message-2 message-2 ending thanks']);
    });

    it('twice plays only the newest message to participants who did not hear the first update', async () => {
      room.people(2);
      script(1, PRESSES);
      script(2, PRESSES, BUSY, PRESSES);
      const action = await room.running();
      await room.calledOut(action);
      await update(action.id, 'message-2');
      // Both were called with the update. One listens to it now, the other was busy.
      await room.clock.advance(8_000);
      await update(action.id, 'message-3');
      await room.calledOut(action);
      const newest = 'update-prompt message-3 message-3 ending thanks';
      expect(heard(1)).to.deep.equal([MESSAGE, UPDATE, newest]);
      expect(heard(2)).to.deep.equal([MESSAGE, '', newest]);
    });

    it('goes on as before when the update cannot be stored', async () => {
      room.people(2);
      script(1, PRESSES);
      script(2, PRESSES, { answersAfterMs: 8_000 });
      const action = await room.running();
      await room.clock.advance(3_000);
      room.diskWorks = false;
      expect((await problem(() => update(action.id, 'message-2'))).code).to.equal('unavailable');
      room.diskWorks = true;
      await room.calledOut(action);
      await room.clock.advance(60_000);
      expect([heard(1), heard(2)]).to.deep.equal([[MESSAGE], [MESSAGE]]);
      expect(room.actions.view(action.id).action.message).to.include({ text: 'message-1', version: 1 });
    });

    it('is made whole when the calls in progress cannot get the new message', async () => {
      room.people(1);
      script(1, PRESSES);
      const action = await room.running();
      await room.clock.advance(3_000);
      const giving = sinon.stub(room.telephony, 'updateMessage').throws(new Error('the sound is gone'));
      await update(action.id, 'message-2');
      giving.restore();
      await room.calledOut(action);
      expect(heard(1)).to.deep.equal([MESSAGE, UPDATE]);
      expect(room.log.said('error')).to.deep.equal(['calls in progress could not get the new message']);
    });

    it('makes its calls as soon as the people can be read, when they cannot be read at once', async () => {
      room.people(1);
      script(1, PRESSES);
      const action = await room.running();
      await room.calledOut(action);
      const reading = sinon.stub(room.stores.actions, 'calleesInSlices').throws(new Error('disk I/O error'));
      await update(action.id, 'message-2');
      await room.clock.advance(3_000);
      reading.restore();
      await room.clock.advance(1_000);
      await room.calledOut(action);
      expect(heard(1)).to.deep.equal([MESSAGE, UPDATE]);
      expect(room.log.said('error')).to.deep.equal(['not everybody of an action could be called; trying again']);
    });

    it('is told once that the action is closed, when the people cannot be read for a while', async () => {
      room.people(1);
      script(1, PRESSES);
      const action = await room.running();
      await room.clock.advance(5_000);
      expect(room.dialer.isLive(action.id, 1)).to.equal(true);
      const reading = sinon.stub(room.stores.actions, 'calleesInSlices').throws(new Error('disk I/O error'));
      await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
      // The alert call ends, and the closing call after it.
      await room.clock.advance(180_000);
      const closingCalls = (): number =>
        room.stores.attempts.ofAction(action.id).filter(({ purpose }) => purpose === 'closing').length;
      expect(closingCalls()).to.equal(1);
      reading.restore();
      await room.clock.advance(180_000);
      expect(closingCalls()).to.equal(1);
    });

    it('makes no update calls for a draft, and is refused when it is closed', async () => {
      room.people(1);
      room.telephony.otherwise = PRESSES;
      const draft = await room.draft();
      await update(draft.id, 'message-2');
      await room.actions.start(draft.id);
      await room.calledOut(draft);
      expect(heard(1)).to.deep.equal(['alert-prompt message-2 message-2 ending thanks']);
      await room.clock.finish(room.actions.close(draft.id, { result: 'found' }));
      expect((await problem(() => room.actions.update(draft.id, { text: 'x' }))).code).to.equal('conflict');
    });
  });
});
