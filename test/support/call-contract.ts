import { expect } from 'chai';
import { prompt, type Sound } from '../../src/domain/messages.js';
import type { E164 } from '../../src/domain/phone-number.js';
import { HungUp, type Call, type CallEnd, type Digit } from '../../src/ports/call.js';
import { isAnswered, type OfflineRecording, type OutgoingCall, type Telephony } from '../../src/ports/telephony.js';

/** The far end of a call in the contract. */
export interface ContractFarEnd {
  /**
   * The network reports ringing (180), and the far end answers this long after the order. Without this it
   * never answers.
   */
  readonly answerAfterMs?: number;
  /** Refuses with this SIP status instead of answering. */
  readonly refuse?: number;
  /** Keys in order, each with its time after the answer. */
  readonly press?: readonly { readonly digit: Digit; readonly afterMs: number }[];
  /** Hangs up this long after the answer, and after all keys. */
  readonly hangUpAfterMs?: number;
}

/** A telephony with scripted far ends, in real or fake time. */
export interface ContractWorld {
  readonly telephony: Telephony;
  /** Lets the process with this call die without a hang-up, and a new process take the call over. */
  takeOver(call: Call): Promise<Call>;
  /** A number whose next call has this far end. */
  farEnd(script: ContractFarEnd): E164 | Promise<E164>;
  /** Lets time pass. */
  run(ms: number): Promise<void>;
  /** Lets time pass until the condition holds. Throws after `limitMs`. */
  until(condition: () => boolean, limitMs: number): Promise<void>;
  /** Creates an offline recording, as Asterisk does while no controller is connected. */
  recordOffline(recording: OfflineRecording): void | Promise<void>;
  /** Length of a sound in ms. */
  msOf(sound: Sound): number;
  /** Allowed deviation of times, in ms. */
  readonly toleranceMs: number;
  /** An id that no other call has. */
  newId(): string;
  close(): Promise<void>;
}

const SHORT = prompt('beep');
const LONG = prompt('alert-prompt');
const SECOND = prompt('silence');
const LIMIT_MS = 30_000;

/**
 * What every telephony promises about its calls (src/ports). The fake telephony and the real Asterisk keep
 * the same contract.
 */
export function callContract(name: string, open: () => ContractWorld | Promise<ContractWorld>): void {
  describe(`calls of ${name}`, () => {
    let world: ContractWorld;

    before(async () => {
      world = await open();
    });

    after(async () => {
      await world.close();
    });

    const place = async (
      script: ContractFarEnd,
      limits: { ringMs?: number } = {},
    ): Promise<{ outgoing: OutgoingCall; rang: () => number }> => {
      let rang = 0;
      const outgoing = world.telephony.place({
        id: world.newId(),
        to: { type: 'trunk', number: await world.farEnd(script) },
        callerId: { number: '08000011', name: 'Burgernet' },
        ringMs: limits.ringMs ?? 20_000,
        maxMs: 60_000,
      });
      outgoing.onRinging(() => rang++);
      return { outgoing, rang: () => rang };
    };

    const finish = async <T>(promise: Promise<T>): Promise<T> => {
      let over = false;
      const note = (): void => {
        over = true;
      };
      promise.then(note, note);
      await world.until(() => over, LIMIT_MS);
      return promise;
    };

    /** The state of a promise, without waiting for it. */
    const watch = <T>(promise: Promise<T>): { state: 'pending' | 'resolved' | 'rejected' } => {
      const watched = { state: 'pending' as 'pending' | 'resolved' | 'rejected' };
      promise.then(
        () => (watched.state = 'resolved'),
        () => (watched.state = 'rejected'),
      );
      return watched;
    };

    const answered = async (script: ContractFarEnd): Promise<Call> => {
      const { outgoing } = await place({ answerAfterMs: 300, ...script });
      const result = await finish(outgoing.answered);
      if (!isAnswered(result)) throw new Error(`not answered: ${JSON.stringify(result)}`);
      return result;
    };

    const unanswered = async (outgoing: OutgoingCall): Promise<CallEnd> => {
      const result = await finish(outgoing.answered);
      if (isAnswered(result)) throw new Error('answered');
      return result;
    };

    const rejection = (promise: Promise<unknown>): Promise<unknown> =>
      finish(
        promise.then(
          () => 'no error at all',
          (error: unknown) => error,
        ),
      );

    const expectNear = (ms: number, expected: number): void => {
      expect(ms).to.be.within(expected - world.toleranceMs, expected + world.toleranceMs);
    };

    it('an answered call has the id of its order', async () => {
      const { outgoing } = await place({ answerAfterMs: 300 });
      const result = await finish(outgoing.answered);
      expect(isAnswered(result)).to.equal(true);
      const call = result as Call;
      expect(call.id).to.equal(outgoing.id);
      expect(call.signal.aborted).to.equal(false);
      await finish(call.answer());
      await finish(call.hangUp());
      expect(await finish(outgoing.ended)).to.include({ by: 'us' });
    });

    it('reports ringing once, also to a listener added later', async () => {
      const { outgoing, rang } = await place({ answerAfterMs: 1_500 });
      await world.until(() => rang() > 0, LIMIT_MS);
      let late = 0;
      outgoing.onRinging(() => late++);
      const call = (await finish(outgoing.answered)) as Call;
      await finish(call.hangUp());
      expect([rang(), late]).to.deep.equal([1, 1]);
    });

    it('a call cancelled while ringing ends by us, however often it is cancelled', async () => {
      const { outgoing, rang } = await place({});
      await world.until(() => rang() > 0, LIMIT_MS);
      outgoing.cancel();
      outgoing.cancel();
      expect(await unanswered(outgoing)).to.include({ by: 'us' });
      expect(await finish(outgoing.ended)).to.include({ by: 'us' });
      outgoing.cancel();
    });

    it('a call that nobody answers within the ring time has rung out', async () => {
      const { outgoing } = await place({}, { ringMs: 2_000 });
      expect(await unanswered(outgoing)).to.include({ by: 'them', rangOut: true });
    });

    it('reports the SIP status of a refusal', async () => {
      for (const status of [486, 603, 404, 503]) {
        const { outgoing } = await place({ refuse: status });
        expect(await unanswered(outgoing), String(status)).to.include({ by: 'them', sipStatus: status });
      }
    });

    it('plays sounds to the end, one after another', async () => {
      const call = await answered({});
      expect(await finish(call.play([SHORT, SECOND, SHORT]))).to.equal('finished');
      expect(call.heard(SHORT)).to.deep.equal({ plays: 2, ms: 2 * world.msOf(SHORT) });
      expect(call.heard(SECOND)).to.deep.equal({ plays: 1, ms: world.msOf(SECOND) });
      expect(call.heard(LONG)).to.deep.equal({ plays: 0, ms: 0 });
      await finish(call.hangUp());
    });

    it('stops a sound on request, and counts how much of it was heard', async () => {
      const call = await answered({});
      const stop = new AbortController();
      const playing = call.play([LONG, SHORT], { signal: stop.signal });
      const watched = watch(playing);
      await world.run(1_000);
      expect(watched.state).to.equal('pending');
      stop.abort();
      expect(await finish(playing)).to.equal('stopped');
      expect(call.heard(LONG).plays).to.equal(1);
      expectNear(call.heard(LONG).ms, 1_000);
      expect(call.heard(SHORT)).to.deep.equal({ plays: 0, ms: 0 });
      expect(await finish(call.play([SHORT]))).to.equal('finished');
      expect(await finish(call.play([SHORT], { signal: stop.signal }))).to.equal('stopped');
      expect(call.heard(SHORT).plays).to.equal(1);
      await finish(call.hangUp());
    });

    it('counts a sound while it plays', async () => {
      const call = await answered({});
      const watched = watch(call.play([LONG]));
      await world.run(1_000);
      expect(call.heard(LONG).plays).to.equal(1);
      expectNear(call.heard(LONG).ms, 1_000);
      await finish(call.hangUp());
      expect(watched.state).to.equal('rejected');
    });

    it('keeps keys pressed before the first prompt, in order', async () => {
      const call = await answered({
        press: [
          { digit: '5', afterMs: 200 },
          { digit: '*', afterMs: 700 },
        ],
      });
      await world.run(1_800);
      const taken = [await finish(call.digit({ timeoutMs: 0 })), await finish(call.digit({ timeoutMs: 0 }))];
      expect(taken).to.deep.equal(['5', '*']);
      await finish(call.hangUp());
    });

    it('reports a key while a sound plays, so that the flow can stop the sound', async () => {
      const call = await answered({ press: [{ digit: '7', afterMs: 1_000 }] });
      const playing = watch(call.play([LONG, LONG]));
      expect(await finish(call.digit())).to.equal('7');
      expect(playing.state).to.equal('pending');
      await finish(call.hangUp());
    });

    it('reports no key when none comes in time, or when the wait is aborted', async () => {
      const call = await answered({});
      expect(await finish(call.digit({ timeoutMs: 500 }))).to.equal(undefined);
      const stop = new AbortController();
      const waiting = call.digit({ signal: stop.signal });
      const watched = watch(waiting);
      await world.run(500);
      expect(watched.state).to.equal('pending');
      stop.abort();
      expect(await finish(waiting)).to.equal(undefined);
      await finish(call.hangUp());
    });

    it('discards kept keys on request, and reports the next key', async () => {
      const call = await answered({
        press: [
          { digit: '1', afterMs: 200 },
          { digit: '2', afterMs: 2_500 },
        ],
      });
      await world.run(1_500);
      call.forgetDigits();
      expect(await finish(call.digit())).to.equal('2');
      await finish(call.hangUp());
    });

    it('a hang-up by the far end rejects every pending wait with HungUp, and the heard time stays known', async () => {
      const call = await answered({ hangUpAfterMs: 1_500 });
      const waiting = [rejection(call.play([LONG, LONG])), rejection(call.digit())];
      expect(await finish(call.ended)).to.include({ by: 'them' });
      expect(call.signal.aborted).to.equal(true);
      expect(call.signal.reason).to.be.instanceOf(HungUp);
      for (const error of await Promise.all(waiting)) expect(error).to.be.instanceOf(HungUp);
      const heard = call.heard(LONG);
      expect(heard.plays).to.equal(1);
      expectNear(heard.ms, 1_500);
      await world.run(500);
      expect(call.heard(LONG)).to.deep.equal(heard);
    });

    it('after the end every method rejects with HungUp, except hangUp', async () => {
      const call = await answered({});
      await finish(Promise.all([call.hangUp(), call.hangUp()]));
      await finish(call.hangUp());
      expect(await finish(call.ended)).to.include({ by: 'us' });
      expect((call.signal.reason as HungUp).callId).to.equal(call.id);
      const recording = { name: call.id, maxMs: 1_000, maxSilenceMs: 0, endOn: 'none' } as const;
      const late = [() => call.answer(), () => call.play([SHORT]), () => call.digit(), () => call.record(recording)];
      for (const ask of late) expect(await rejection(ask())).to.be.instanceOf(HungUp);
      call.forgetDigits();
    });

    it('a call ended by the far end stays ended by the far end when we hang up later', async () => {
      const { outgoing } = await place({ answerAfterMs: 300, hangUpAfterMs: 500 });
      const call = (await finish(outgoing.answered)) as Call;
      const ends: CallEnd[] = [];
      void call.ended.then((end) => ends.push(end));
      await finish(call.ended);
      await finish(call.hangUp());
      outgoing.cancel();
      await world.run(300);
      expect(ends).to.have.lengthOf(1);
      expect(await finish(outgoing.ended)).to.include({ by: 'them' });
    });

    it('records until the far end hangs up, and keeps the recording', async () => {
      const call = await answered({ hangUpAfterMs: 1_500 });
      const recording = call.record({ name: call.id, maxMs: 30_000, maxSilenceMs: 0, endOn: '#' });
      const recorded = await finish(recording);
      expect(recorded.name).to.equal(call.id);
      expect(recorded.file).to.match(new RegExp(`${call.id}\\.wav$`));
      // Asterisk counts the length of a recording in whole seconds.
      expect(recorded.ms).to.be.within(500, 1_500 + world.toleranceMs + 500);
      expect(await finish(call.ended)).to.include({ by: 'them' });
    });

    it('records until the key is pressed, and the call goes on', async () => {
      const call = await answered({ press: [{ digit: '#', afterMs: 1_500 }] });
      await finish(call.record({ name: call.id, maxMs: 30_000, maxSilenceMs: 0, endOn: '#' }));
      expect(call.signal.aborted).to.equal(false);
      expect(await finish(call.play([SHORT]))).to.equal('finished');
      await finish(call.hangUp());
    });

    describe('a recording that an earlier process began', function () {
      this.timeout(2 * LIMIT_MS);

      const begun = async (script: ContractFarEnd = {}, maxSilenceMs = 0): Promise<{ call: Call; name: string }> => {
        const call = await answered(script);
        const name = `${call.id}-begun`;
        // The promise never settles, because its process is gone.
        void call.record({ name, maxMs: 60_000, maxSilenceMs, endOn: '#' });
        await world.run(1_500);
        return { call: await world.takeOver(call), name };
      };
      const limits = { maxMs: 60_000, maxSilenceMs: 0, endOn: '#' } as const;

      it('ends after a silence, and the call goes on', async () => {
        const { call, name } = await begun({}, 4_000);
        const recording = call.recordOn({ ...limits, name, maxSilenceMs: 4_000 });
        const watched = watch(recording);
        await world.run(300);
        expect(watched.state).to.equal('pending');
        expect((await finish(recording))?.file).to.match(new RegExp(`${name}\\.wav$`));
        expect(await finish(call.play([SHORT]))).to.equal('finished');
        await finish(call.hangUp());
      });

      it('ends when the time left is over, and is whole', async () => {
        const { call, name } = await begun();
        const recorded = await finish(call.recordOn({ ...limits, name, maxMs: 1_000 }));
        expect(recorded?.name).to.equal(name);
        expect(recorded?.ms).to.be.at.least(2_500 - world.toleranceMs);
        expect(call.signal.aborted).to.equal(false);
        await finish(call.hangUp());
      });

      it('is whole when the far end hangs up', async () => {
        const { call, name } = await begun({ hangUpAfterMs: 4_000 });
        const recorded = await finish(call.recordOn({ ...limits, name }));
        expect(recorded?.ms).to.be.at.least(2_500 - world.toleranceMs);
        expect(await finish(call.ended)).to.include({ by: 'them' });
      });

      it('is returned at once when it has ended meanwhile; a recording that never began is undefined', async () => {
        const { call, name } = await begun();
        await finish(call.recordOn({ ...limits, name, maxMs: 1_000 }));
        expect((await finish(call.recordOn({ ...limits, name })))?.name).to.equal(name);
        expect(await finish(call.recordOn({ ...limits, name: `${name}-never` }))).to.equal(undefined);
        await finish(call.hangUp());
      });
    });

    it('finds tips recorded while no controller was connected, except those of known calls', async () => {
      // Asterisk chose these ids, because no controller was connected.
      const [first, second] = ['1700000000.1', '1700000000.2'];
      for (const [index, callId] of [first, second].entries()) {
        const receivedAt = 1_700_000_000_000 + index;
        await world.recordOffline({
          callId,
          from: '0612345678',
          withheld: false,
          receivedAt,
          endedAt: receivedAt + 30_000,
          name: `left-${receivedAt}-${callId}-0612345678`,
          ms: 2_000,
        });
      }
      const asked: string[] = [];
      const found = await finish(
        world.telephony.offlineRecordings((callId) => {
          asked.push(callId);
          return callId === first;
        }),
      );
      expect(found.map(({ callId, ms }) => [callId, ms])).to.deep.equal([[second, 2_000]]);
      expect(found[0]).to.include({ from: '0612345678', withheld: false, receivedAt: 1_700_000_000_001 });
      expect(asked).to.have.members([first, second]);
    });

    it('connects two calls until one of them hangs up', async () => {
      const a = await answered({});
      const b = await answered({ hangUpAfterMs: 1_500 });
      const conversation = await finish(world.telephony.connect(a, b));
      const watched = watch(conversation.ended);
      await world.run(300);
      expect(watched.state).to.equal('pending');
      await finish(conversation.ended);
      expect(await finish(b.ended)).to.include({ by: 'them' });
      await finish(conversation.end());
      expect(a.signal.aborted).to.equal(false);
      await finish(a.hangUp());
    });

    it('ends a conversation without hanging up either call', async () => {
      const [a, b] = [await answered({}), await answered({})];
      const conversation = await finish(world.telephony.connect(a, b));
      await finish(conversation.end());
      await finish(conversation.ended);
      expect(await finish(a.play([SHORT]))).to.equal('finished');
      expect(b.signal.aborted).to.equal(false);
      await finish(Promise.all([a.hangUp(), b.hangUp()]));
    });
  });
}
