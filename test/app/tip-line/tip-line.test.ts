import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import type { InboundCall } from '../../../src/domain/tip.js';
import type { FakeCall } from '../../support/fake-call.js';
import { calleesOf, mobile, postcode } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom, type RoomOptions } from '../../support/control-room.js';
import { PRESSES, RINGS_OUT, type FarEnd } from '../../support/far-end.js';

describe('a call to the tip line', () => {
  let room: ControlRoom;

  const open = (options: RoomOptions = {}): ControlRoom => (room = new ControlRoom(options));
  const desk = (farEnd: FarEnd): void => {
    room.telephony.script('desk21', farEnd);
  };
  /** A running action in which the first person was reached. */
  const reachedIn = async (): Promise<Action> => {
    room.telephony.script(mobile(1), PRESSES, RINGS_OUT);
    const action = await room.running();
    await room.clock.until(() => room.actions.view(action.id).counts.confirmed > 0);
    return action;
  };
  const ring = async (from: string | undefined, farEnd: FarEnd = {}, withheld = false): Promise<FakeCall> => {
    const call = room.telephony.ringUs(from, farEnd, { withheld });
    await room.clock.finish(call.ended);
    await room.clock.advance(100);
    return call;
  };
  const stages = ({ id }: Action): string[] =>
    room.actions
      .eventsAfter(id, 0, 1_000)
      .filter(({ type }) => type === 'inbound')
      .map(({ data }) => String(data.stage));
  const last = (): InboundCall => room.stores.inbound.list({}).at(-1)!;

  beforeEach(() => {
    open();
  });

  afterEach(() => {
    expect(room.lines.inbound, 'lines of calls that came in').to.equal(0);
    expect(room.inbound.liveCalls).to.equal(0);
    room.close();
  });

  describe('that is not admitted', () => {
    it('from an unknown number hears that the number is unknown, and to call 112', async () => {
      const call = await ring('+31699999999');
      expect(call.heardWords).to.equal('tip-unknown');
      expect(last()).to.include({ from: '+31699999999', result: 'refused', reason: 'unknown', participantId: null });
      expect(last().endedAt! - last().receivedAt).to.be.within(3_000, 3_100);
    });

    it('with a withheld number is asked for a code, even when the network passes the number on', async () => {
      room.people(1);
      await reachedIn();
      for (const from of [undefined, mobile(1)]) {
        expect((await ring(from, {}, true)).heardWords).to.equal('tip-withheld tip-code tip-code');
        expect(last()).to.include({ from: null, result: 'refused', reason: 'withheld' });
      }
    });

    it('without a valid number is unknown', async () => {
      expect((await ring('anonymous')).heardWords).to.equal('tip-unknown');
      expect(last()).to.include({ from: null, reason: 'unknown' });
    });

    it('from a participant in no running action hears why', async () => {
      const person = room.person(1);
      expect((await ring(mobile(1))).heardWords).to.equal('tip-not-selected tip-code-offer');
      expect(last()).to.include({
        result: 'refused',
        reason: 'not_selected',
        participantId: person.id,
        actionId: null,
      });
    });

    it('rings no centralist', async () => {
      desk({ answersAfterMs: 0 });
      await ring('+31699999999');
      expect(room.telephony.placed).to.deep.equal([]);
    });
  });

  describe('from a participant who was reached', () => {
    it('rings the centralist of that action, shows the action and the postcode, and connects them', async () => {
      const person = room.person(1);
      const action = await reachedIn();
      desk({ answersAfterMs: 4_000 });
      const call = await ring(mobile(1), { hangsUpAtMs: 60_000 });
      expect(call.heardWords).to.equal('tip-connecting hold');
      const [leg] = room.telephony.callsTo('desk21');
      expect(leg!.order.callerId).to.deep.equal({ number: '0612340001', name: 'Actie 1 8251AB' });
      expect(leg!.end).to.include({ by: 'us' });
      expect(room.telephony.conversations.map(({ from, to }) => to! - from)).to.deep.equal([56_000]);
      const stored = last();
      expect(stored).to.include({
        from: mobile(1),
        participantId: person.id,
        actionId: action.id,
        result: 'connected',
        reason: 'reached',
        centralistId: room.centralist.id,
      });
      const { receivedAt, ringingAt, connectedAt, endedAt } = stored;
      expect([ringingAt, connectedAt, endedAt].map((at) => at! - receivedAt)).to.deep.equal([0, 4_000, 60_005]);
      const [tip] = room.stores.tips.list({ actionId: action.id });
      expect(tip).to.include({ type: 'conversation', inboundId: stored.id, participantId: person.id });
      expect(room.actions.view(action.id).timeline.firstTipAt).to.equal(connectedAt);
    });

    for (const from of ['0612340001', '+31612340001', '0031612340001', '31612340001']) {
      it(`is recognised from ${from}`, async () => {
        room.people(1);
        await reachedIn();
        desk({ answersAfterMs: 1_000, hangsUpAtMs: 5_000 });
        await ring(from);
        expect(last()).to.include({ from: mobile(1), result: 'connected' });
      });
    }

    it('is recognised from any number of a household', async () => {
      room.person(1);
      const other = room.person(1, 2);
      await reachedIn();
      desk({ answersAfterMs: 1_000, hangsUpAtMs: 5_000 });
      await ring(mobile(2));
      expect(last()).to.include({ participantId: other.id, result: 'connected', reason: 'reached' });
    });

    describe('in several actions', () => {
      let actions: Action[];
      const CHOICE = 'tip-choose tip-choose-1 Vermist kind tip-choose-2 Gestolen fiets';

      beforeEach(async () => {
        room.people(1);
        room.telephony.otherwise = PRESSES;
        actions = [await room.running()];
        await room.calledOut(...actions);
        actions.push(await room.running({ title: 'Vermist kind' }));
        await room.calledOut(...actions);
        desk({ answersAfterMs: 1_000, hangsUpAtMs: 5_000 });
      });

      it('is about the action whose key is pressed', async () => {
        const call = await ring(mobile(1), { presses: [{ digit: '2', atMs: 26_000 }] });
        expect(call.heardWords).to.equal(`${CHOICE} tip-connecting`);
        expect(last()).to.include({ actionId: actions[0]!.id, result: 'connected', reason: 'reached_several' });
        expect(stages(actions[0]!)).to.deep.equal(['received', 'ringing', 'connected', 'ended']);
        expect(stages(actions[1]!)).to.deep.equal([]);
      });

      it('is about the newest action when no key is pressed', async () => {
        const call = await ring(mobile(1));
        expect(call.heardWords).to.equal(`${CHOICE} ${CHOICE} tip-connecting`);
        expect(last()).to.include({ actionId: actions[1]!.id, result: 'connected', reason: 'reached_several' });
      });

      it('is about the newest action when the caller hangs up before choosing', async () => {
        await ring(mobile(1), { hangsUpAtMs: 5_000 });
        expect(last()).to.include({ actionId: actions[1]!.id, result: 'abandoned', reason: 'reached_several' });
        expect(last().participantId).not.to.equal(null);
        expect(stages(actions[1]!)).to.deep.equal(['received', 'ended']);
      });
    });

    for (const [what, farEnd] of [
      ['does not answer for 20 s', {}],
      ['is busy', { refuses: { status: 486 } }],
      ['declines', { refuses: { status: 603 }, answersAfterMs: 2_000 }],
      ['has no registered softphone', undefined],
    ] as const) {
      it(`becomes a recorded tip when the centralist ${what}`, async () => {
        const person = room.person(1);
        const action = await reachedIn();
        if (farEnd) desk(farEnd);
        const call = await ring(mobile(1), { speaksMs: 6_000, hangsUpAtMs: 40_000 });
        expect(call.heardWords).to.match(/^tip-connecting( hold)* tip-record beep( tip-recorded)?$/);
        const stored = last();
        expect(stored).to.include({ result: 'recorded', reason: 'reached', actionId: action.id, connectedAt: null });
        const recording = room.stores.recordings.get(stored.recordingId!);
        expect(recording).to.include({ type: 'tip', file: `tip-${room.stores.instanceId}-${stored.id}.wav` });
        expect(recording!.seconds).to.be.within(10, 17);
        expect(room.stores.tips.list({})).to.have.lengthOf(1);
        expect(room.stores.tips.list({})[0]).to.include({
          type: 'recording',
          participantId: person.id,
          recordingId: stored.recordingId,
        });
      });
    }

    it('is abandoned when the caller hangs up during the ringing, and the softphone stops', async () => {
      room.people(1);
      await reachedIn();
      desk({});
      await ring(mobile(1), { hangsUpAtMs: 5_000 });
      expect(last()).to.include({ result: 'abandoned', reason: 'reached', connectedAt: null });
      expect(room.telephony.callsTo('desk21')[0]!.end).to.include({ by: 'us' });
      expect(room.stores.tips.list({})).to.deep.equal([]);
    });

    it('is still put through while the action is paused', async () => {
      room.people(1);
      const action = await reachedIn();
      room.actions.pause(action.id);
      desk({ answersAfterMs: 1_000, hangsUpAtMs: 5_000 });
      await ring(mobile(1));
      expect(last()).to.include({ result: 'connected' });
    });

    it('may leave a tip within half an hour after the end, and is in no action after that', async () => {
      room.people(1);
      const action = await reachedIn();
      await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
      desk({ answersAfterMs: 1_000 });
      const call = await ring(mobile(1), { speaksMs: 5_000 });
      expect(call.heardWords).to.equal('tip-ended tip-record-chosen beep tip-recorded');
      expect(last()).to.include({ result: 'recorded', reason: 'just_closed', actionId: action.id });
      await room.clock.advance(30 * 60_000);
      await ring(mobile(1));
      expect(last()).to.include({ result: 'refused', reason: 'not_selected' });
      expect(room.telephony.callsTo('desk21')).to.deep.equal([]);
    });
  });

  describe('from a participant who was called but not reached', () => {
    /** A running action that has rung the first participant once. */
    const missed = async (farEnd: FarEnd = RINGS_OUT): Promise<Action> => {
      room.telephony.script(mobile(1), farEnd, PRESSES);
      return room.running();
    };

    it('plays the message, which reaches them: our call is cancelled and never made again', async () => {
      const person = room.person(1);
      const action = await missed();
      await room.clock.advance(5_000);
      desk({ answersAfterMs: 1_000, hangsUpAtMs: 30_000 });
      const call = await ring(mobile(1), { presses: [{ digit: '5', atMs: 13_000 }] });
      expect(call.heardWords).to.equal('tip-not-reached message-1 tip-press-to-speak tip-connecting');
      await room.clock.advance(600_000);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['cancelled']);
      expect(calleesOf(room.stores, action.id)[0]!.reachedAt).not.to.equal(null);
      expect(last()).to.include({ participantId: person.id, result: 'connected', reason: 'not_reached' });
      expect(room.actions.view(action.id).counts).to.include({ reached: 1, waiting: 0, cancelled: 1 });
    });

    it('gets one closing call when the action is closed during the call, although that call ends later', async () => {
      room.person(1, 2);
      const action = await missed();
      await room.clock.advance(5_000);
      desk({ answersAfterMs: 1_000, hangsUpAtMs: 90_000 });
      const call = room.telephony.ringUs(mobile(2), { presses: [{ digit: '5', atMs: 13_000 }] });
      await room.clock.advance(25_000);
      await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
      await room.calledOut(action);
      expect(room.attempts(action, 'closing').map(({ phone }) => phone)).to.deep.equal([mobile(1)]);
      expect(room.inbound.liveCalls, 'the call to the tip line goes on').to.equal(1);
      await room.clock.finish(call.ended);
      await room.calledOut(action);
      expect(room.attempts(action, 'closing')).to.have.lengthOf(1);
    });

    it('holds our calls to the participant meanwhile, and resumes them if the participant hangs up before the end of the message', async () => {
      room.people(1);
      const action = await missed();
      await room.clock.advance(31_000);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['no_answer']);
      // The retry is due 120 s after the end of the attempt, while the participant is in a call with us.
      await room.clock.advance(118_000);
      const call = room.telephony.ringUs(mobile(1), { hangsUpAtMs: 10_000 });
      await room.clock.advance(9_000);
      expect(room.telephony.callsTo(mobile(1))).to.have.lengthOf(1);
      await room.clock.finish(call.ended);
      await room.calledOut(action);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['no_answer', 'confirmed']);
      expect(room.telephony.callsTo(mobile(1))[1]!.at).to.be.within(call.endedAt!, call.endedAt! + 100);
      expect(last()).to.include({ result: 'abandoned', reason: 'not_reached' });
    });

    it('is followed by another attempt when ours was cancelled for it and the caller hung up early', async () => {
      room.people(1);
      const action = await missed();
      await room.clock.advance(5_000);
      await ring(mobile(1), { hangsUpAtMs: 4_000 });
      await room.calledOut(action);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['cancelled', 'confirmed']);
    });

    it('is followed by another attempt only after the cancelled one is over', async () => {
      room.people(1);
      const action = await missed();
      await room.clock.advance(5_000);
      await ring(mobile(1), { hangsUpAtMs: 1 });
      await room.calledOut(action);
      const [first, second] = room.telephony.callsTo(mobile(1));
      expect(second!.at).to.be.at.least(first!.call.endedAt!);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['cancelled', 'confirmed']);
    });

    it('stops our calls until the last of two such calls at once is over', async () => {
      room.people(1);
      const action = await missed();
      await room.clock.advance(5_000);
      const [first, second] = [{ hangsUpAtMs: 2_000 }, { hangsUpAtMs: 9_000 }].map((farEnd) =>
        room.telephony.ringUs(mobile(1), farEnd),
      );
      await room.clock.finish(first!.ended);
      await room.clock.advance(6_500);
      expect(room.telephony.callsTo(mobile(1))).to.have.lengthOf(1);
      await room.clock.finish(second!.ended);
      await room.calledOut(action);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['cancelled', 'confirmed']);
      expect(room.stores.inbound.list({}).map(({ result }) => result)).to.deep.equal(['abandoned', 'abandoned']);
    });

    it('reaches them when the message was heard in one of two such calls at once', async () => {
      room.people(1);
      const action = await missed();
      await room.clock.advance(5_000);
      const calls = [{ hangsUpAtMs: 12_000 }, { hangsUpAtMs: 4_000 }].map((farEnd) =>
        room.telephony.ringUs(mobile(1), farEnd),
      );
      await room.clock.finish(Promise.all(calls.map(({ ended }) => ended)));
      await room.clock.advance(600_000);
      expect(room.outcomes(action, mobile(1))).to.deep.equal(['cancelled']);
      expect(room.actions.view(action.id).counts).to.include({ reached: 1, waiting: 0 });
    });

    it('makes them hear the update and the closing message like all reached participants', async () => {
      room.people(1);
      const action = await missed();
      await room.clock.advance(5_000);
      await ring(mobile(1), { hangsUpAtMs: 12_000 });
      await room.clock.finish(room.actions.update(action.id, { text: 'message-2' }));
      await room.calledOut(action);
      await room.clock.finish(room.actions.close(action.id, { result: 'found', message: { text: 'terecht' } }));
      await room.calledOut(action);
      expect(room.telephony.callsTo(mobile(1)).map(({ call }) => call.heardWords)).to.deep.equal([
        '',
        'update-prompt message-2 message-2 ending thanks',
        'closing-prompt closing-prompt terecht terecht closing-thanks',
      ]);
    });

    it('is followed by the update or the closing message that came while they listened', async () => {
      room.people(1);
      const action = await missed();
      await room.clock.advance(5_000);
      const call = room.telephony.ringUs(mobile(1), { hangsUpAtMs: 12_000 });
      await room.clock.advance(5_000);
      await room.clock.finish(room.actions.update(action.id, { text: 'message-2' }));
      await room.clock.finish(call.ended);
      await room.calledOut(action);
      expect(room.telephony.callsTo(mobile(1)).at(-1)!.call.heardWords).to.equal(
        'update-prompt message-2 message-2 ending thanks',
      );

      room.close();
      open();
      room.people(1);
      const second = await missed();
      await room.clock.advance(5_000);
      const listening = room.telephony.ringUs(mobile(1), { hangsUpAtMs: 12_000 });
      await room.clock.advance(5_000);
      await room.clock.finish(room.actions.close(second.id, { result: 'found', message: { text: 'terecht' } }));
      await room.clock.finish(listening.ended);
      await room.calledOut(second);
      expect(room.telephony.callsTo(mobile(1)).at(-1)!.call.heardWords).to.equal(
        'closing-prompt closing-prompt terecht terecht closing-thanks',
      );
    });
  });

  it('holds a trunk line while it lasts', async () => {
    room.people(1);
    const call = room.telephony.ringUs('+31699999999', {});
    expect(room.lines.inbound).to.equal(1);
    await room.clock.finish(call.ended);
    expect(room.lines.inbound).to.equal(0);
  });

  it('that cannot be stored hears of 112 instead of silence, and harms no other call', async () => {
    room.diskWorks = false;
    const call = await ring('+31699999999');
    expect((await call.ended).by).to.equal('us');
    expect(call.heardWords).to.match(/^tip-unavailable/);
    expect(room.log.said('error')).to.include('tip line call could not be stored');
    room.diskWorks = true;
    await ring('+31699999999');
    expect(last()).to.include({ result: 'refused' });
  });

  describe('is shown to the centralist before the answer', () => {
    const cardOf = (action: Action, stage: string): unknown =>
      room.actions
        .eventsAfter(action.id, 0, 1_000)
        .filter(({ type, data }) => type === 'inbound' && data.stage === stage)
        .at(-1)?.data.caller;

    it('with the caller, what they heard and when, and their earlier tips', async () => {
      const { id } = room.stores.participants.add(
        { name: 'Anna Voorbeeld', language: 'nl', phones: [mobile(1)], postcodes: [postcode('8251AB')] },
        1,
      );
      const action = await reachedIn();
      await room.calledOut(action);
      desk({ answersAfterMs: 1_000, hangsUpAtMs: 5_000 });
      await ring(mobile(1));
      const [tip] = room.stores.tips.list({});
      room.stores.tips.update(tip!.id, { note: 'zag een rode fiets', useful: true });
      await ring(mobile(1));
      const [attempt] = room.attempts(action);
      const { confirmedAt, heardSeconds } = attempt!;
      const card = {
        participantId: id,
        name: 'Anna Voorbeeld',
        phone: mobile(1),
        postcodes: ['8251AB'],
        heard: { version: 1, plays: 2, seconds: heardSeconds, at: confirmedAt },
        tips: [{ id: tip!.id, type: 'conversation', note: 'zag een rode fiets', useful: true, at: tip!.createdAt }],
      };
      expect(heardSeconds).to.equal(16);
      expect(cardOf(action, 'ringing')).to.deep.equal(card);
      expect(cardOf(action, 'received')).to.deep.equal(card);
      expect(room.telephony.callsTo('desk21').at(-1)!.order.callerId.name).to.equal('Actie 1 8251AB Anna Voorbeeld');
    });

    it('with the newest five of many earlier tips', async () => {
      room.people(1);
      const action = await reachedIn();
      desk({ answersAfterMs: 1_000, hangsUpAtMs: 500 });
      for (let n = 0; n < 7; n++) await ring(mobile(1));
      const { tips } = cardOf(action, 'received') as { tips: { id: number }[] };
      expect(tips.map(({ id }) => id)).to.deep.equal([6, 5, 4, 3, 2]);
    });

    it('with nothing heard at first, and with the message that they heard by ringing back', async () => {
      room.people(1);
      room.telephony.script(mobile(1), RINGS_OUT);
      const action = await room.running();
      await room.clock.advance(5_000);
      desk({ answersAfterMs: 1_000, hangsUpAtMs: 500 });
      await ring(mobile(1), { presses: [{ digit: '5', atMs: 13_000 }] });
      expect(cardOf(action, 'received')).to.deep.include({ heard: null });
      const { reachedAt } = calleesOf(room.stores, action.id)[0]!;
      expect(cardOf(action, 'ringing')).to.deep.include({ heard: { version: 1, plays: 1, seconds: 8, at: reachedAt } });
    });
  });

  it('is told in the events of the action', async () => {
    room.people(1);
    const action = await reachedIn();
    desk({ answersAfterMs: 1_000, hangsUpAtMs: 5_000 });
    await ring(mobile(1));
    const events = room.actions
      .eventsAfter(action.id, 0, 100)
      .filter(({ type }) => type === 'inbound' || type === 'tip')
      .map(({ type, data }) => `${type} ${String(data.stage ?? data.type)}`);
    expect(events).to.deep.equal([
      'inbound received',
      'inbound ringing',
      'tip conversation',
      'inbound connected',
      'inbound ended',
    ]);
  });
});
