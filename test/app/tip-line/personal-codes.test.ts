import { expect } from 'chai';
import type { Action } from '../../../src/domain/action.js';
import type { Participant } from '../../../src/domain/participant.js';
import type { Digit } from '../../../src/ports/call.js';
import { PersonalCodes, type CodeFinding } from '../../../src/app/tip-line/personal-codes.js';
import { addPerson, mobile } from '../../adapters/sqlite/support/fixtures.js';
import { ControlRoom } from '../../support/control-room.js';
import type { FakeCall } from '../../support/fake-call.js';
import { NO_DIGIT, PRESSES } from '../../support/far-end.js';
import { rowOf, words } from '../../support/tip-calls.js';

const HOUR = 60 * 60_000;
const NATIONAL = (n: number): string => `0${mobile(n).slice(3)}`;

describe('a personal code', () => {
  let room: ControlRoom;
  let anna: Participant;
  let bram: Participant;
  let action: Action;

  const codes = (): PersonalCodes => room.tipLine.codes;

  beforeEach(async () => {
    room = new ControlRoom({ scripts: { [mobile(1)]: PRESSES, [mobile(2)]: NO_DIGIT } });
    room.telephony.script('desk21', { answersAfterMs: 1_000, hangsUpAtMs: 5_000 });
    anna = room.person(1);
    bram = room.person(2);
    addPerson(room.stores, [mobile(3)], ['9999XX']);
    action = await room.running();
    await room.calledOut(action);
  });

  afterEach(() => {
    expect(room.inbound.liveCalls).to.equal(0);
    room.close();
  });

  describe('when it is checked', () => {
    const wrongCode = (): string => {
      const all = room.stores.participants.count();
      const taken = Array.from({ length: all }, (_, index) => codes().of(index + 1));
      return Array.from({ length: 10 }, (_, index) => `00000${index}`).find((code) => !taken.includes(code)) ?? '';
    };
    const type = (found: CodeFinding): string =>
      found.type === 'caller' && found.caller.type === 'known' ? `caller ${found.caller.participantId}` : found.type;
    /** Codes without mixing: participants whose ids are 1,000,000 apart share a code. */
    const plain = (): PersonalCodes =>
      new PersonalCodes({ stores: room.stores, clock: room.clock, simulation: null, mix: () => 0 });

    it('has six digits, and admits its participant', () => {
      expect(codes().of(anna.id)).to.match(/^\d{6}$/);
      expect(type(codes().check(codes().of(anna.id)))).to.equal(`caller ${anna.id}`);
      expect(type(codes().check(codes().of(bram.id)))).to.equal(`caller ${bram.id}`);
    });

    it('is wrong if its participant was not selected, or if it has none', () => {
      const elsewhere = room.stores.participants.byPhone(mobile(3))[0]!;
      expect(type(codes().check(codes().of(elsewhere.id)))).to.equal('wrong');
      expect(type(codes().check(wrongCode()))).to.equal('wrong');
      expect(type(codes().check('12'))).to.equal('wrong');
    });

    it('is right until half an hour after the end of the action', async () => {
      await room.clock.finish(room.actions.close(action.id, { result: 'found' }));
      await room.calledOut(action);
      expect(type(codes().check(codes().of(anna.id)))).to.equal(`caller ${anna.id}`);
      await room.clock.advance(HOUR / 2);
      expect(type(codes().check(codes().of(anna.id)))).to.equal('wrong');
    });

    it('needs the telephone number too when several selected participants share it', async () => {
      const code = plain().of(anna.id);
      const next = room.database.sqlite.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'participant'");
      next.run(anna.id + 999_999);
      const twin = addPerson(room.stores, [mobile(4)], ['8255']);
      expect(plain().of(twin.id)).to.equal(code);
      await room.running({ area: { postcodes: ['8255'] } });
      const checked = plain();
      expect(type(checked.check(code))).to.equal('ask_number');
      expect(type(checked.checkWithNumber(code, NATIONAL(1)))).to.equal(`caller ${anna.id}`);
      expect(type(checked.checkWithNumber(code, NATIONAL(4)))).to.equal(`caller ${twin.id}`);
      expect(type(checked.checkWithNumber(code, NATIONAL(2)))).to.equal('wrong');
    });

    it('needs the telephone number too after ten wrong codes in an hour, even when it is right', async () => {
      for (let n = 0; n < 10; n++) expect(type(codes().check(wrongCode()))).to.equal('wrong');
      expect(type(codes().check(wrongCode()))).to.equal('ask_number');
      const good = codes().of(anna.id);
      expect(type(codes().check(good))).to.equal('ask_number');
      expect(type(codes().checkWithNumber(good, NATIONAL(1)))).to.equal(`caller ${anna.id}`);
      expect(type(codes().checkWithNumber(good, NATIONAL(2)))).to.equal('wrong');
      expect(type(codes().checkWithNumber(good, '12'))).to.equal('wrong');
      await room.clock.advance(HOUR);
      expect(type(codes().check(good))).to.equal(`caller ${anna.id}`);
    });

    it('is refused with a telephone number that was given with five wrong codes in an hour', async () => {
      for (let n = 0; n < 5; n++) expect(type(codes().checkWithNumber(wrongCode(), NATIONAL(1)))).to.equal('wrong');
      const good = codes().of(anna.id);
      expect(type(codes().checkWithNumber(good, NATIONAL(1)))).to.equal('refused');
      expect(type(codes().checkWithNumber(codes().of(bram.id), NATIONAL(2)))).to.equal(`caller ${bram.id}`);
      await room.clock.advance(HOUR);
      expect(type(codes().checkWithNumber(good, NATIONAL(1)))).to.equal(`caller ${anna.id}`);
    });
  });

  describe('keyed by a caller who withholds the number', () => {
    const rings = async (typed: string): Promise<FakeCall> => {
      const presses = [...typed].map((digit, index) => ({ digit: digit as Digit, atMs: 1_000 + 300 * index }));
      const call = room.telephony.ringUs(undefined, { presses }, { withheld: true });
      await room.clock.finish(call.ended);
      await room.clock.advance(100);
      return call;
    };

    it('puts a reached participant through', async () => {
      const call = await rings(codes().of(anna.id));
      expect(words(call)).to.equal('tip-withheld tip-connecting');
      expect(rowOf(room, call)).to.include({
        from: null,
        result: 'connected',
        reason: 'reached',
        actionId: action.id,
        participantId: anna.id,
      });
      expect(room.telephony.callsTo('desk21')[0]!.order.callerId).to.deep.equal({
        number: 'anonymous',
        name: 'Actie 1 8251AB',
      });
    });

    it('plays the message to a participant who was not reached, which makes them reached', async () => {
      const call = await rings(codes().of(bram.id));
      expect(call.heardWords).to.match(/^tip-withheld tip-not-reached message-1 /);
      expect(rowOf(room, call)).to.include({ reason: 'not_reached', participantId: bram.id });
      expect(room.stores.actions.callee(action.id, bram.id)!.reachedAt).not.to.equal(null);
    });

    it('is not keyed: the caller hears of 112 and no more', async () => {
      const call = await rings('');
      expect(words(call)).to.equal('tip-withheld tip-code tip-code');
      expect(rowOf(room, call)).to.include({ result: 'refused', reason: 'withheld', participantId: null });
    });

    it('may be tried three times in a call', async () => {
      const wrong = ['000000', '000001', '000002'].filter((code) => codes().of(anna.id) !== code);
      const presses = wrong.flatMap((code, nth) =>
        [...code].map((digit, index) => ({ digit: digit as Digit, atMs: 1_000 + 8_000 * nth + 300 * index })),
      );
      const call = room.telephony.ringUs(undefined, { presses }, { withheld: true });
      await room.clock.finish(call.ended);
      expect(words(call)).to.equal('tip-withheld tip-code-wrong tip-code-wrong tip-code-refused');
      await room.clock.advance(100);
      expect(rowOf(room, call)).to.include({ result: 'refused', reason: 'withheld' });
    });
  });

  it('is spoken to a participant in no action who rings from their own number', async () => {
    const elsewhere = room.stores.participants.byPhone(mobile(3))[0]!;
    const call = room.telephony.ringUs(mobile(3), { presses: [{ digit: '5', atMs: 7_000 }] });
    await room.clock.finish(call.ended);
    await room.clock.advance(100);
    const spoken = [...codes().of(elsewhere.id)].map((digit) => `digit-${digit}`).join(' ');
    expect(words(call)).to.equal(`tip-not-selected tip-code-offer tip-code-is ${spoken} ${spoken} tip-code-use`);
    expect(rowOf(room, call)).to.include({ result: 'refused', reason: 'not_selected', participantId: elsewhere.id });
  });
});
