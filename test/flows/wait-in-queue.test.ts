import { expect } from 'chai';
import { waitInQueue, type QueueNews } from '../../src/flows/steps/wait-in-queue.js';
import { HungUp } from '../../src/ports/call.js';
import { answeredCall } from '../support/fake-call.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeQueuePlace } from '../support/fake-queue-place.js';

const RINGING: QueueNews = { type: 'ringing' };
const LONG: QueueNews = { type: 'long' };
const place = (at: number): QueueNews => ({ type: 'waiting', place: at });

describe('waiting in the queue', () => {
  let clock: FakeClock;

  beforeEach(() => {
    clock = new FakeClock();
  });

  afterEach(() => {
    expect(clock.pending, 'timers left behind').to.equal(0);
  });

  it('says that the caller is put through, and plays hold audio until a centralist answers', async () => {
    const call = answeredCall(clock);
    const centralist = answeredCall(clock);
    const queuePlace = new FakeQueuePlace(clock, { news: [[0, RINGING]], answered: [5_000, centralist] });
    expect(await clock.finish(waitInQueue(call, queuePlace))).to.equal(centralist);
    await clock.advance(10_000);
    expect(call.timeline).to.deep.equal(['tip-connecting 0-3000', 'hold 3000-5000']);
    expect(call.steps).to.deep.equal(['ringing']);
    expect(queuePlace.left, 'the centralist who answered is not hung up').to.equal(false);
  });

  it('says the place and once how to record, then the place whenever it changes', async () => {
    const call = answeredCall(clock);
    const queuePlace = new FakeQueuePlace(clock, {
      news: [
        [0, place(2)],
        [10_000, place(1)],
        [15_000, RINGING],
      ],
      answered: [20_000, answeredCall(clock)],
    });
    await clock.finish(waitInQueue(call, queuePlace));
    expect(call.timeline).to.deep.equal([
      'tip-place-2 0-3000',
      'tip-wait 3000-6000',
      'hold 6000-10000',
      'tip-place-1 10000-13000',
      'hold 13000-15000',
      'tip-connecting 15000-18000',
      'hold 18000-20000',
    ]);
    expect(call.steps).to.deep.equal(['waiting', 'waiting', 'ringing']);
  });

  it('reminds the caller of 112, also while a softphone is ringing', async () => {
    const call = answeredCall(clock);
    const queuePlace = new FakeQueuePlace(clock, {
      news: [
        [0, RINGING],
        [20_000, LONG],
      ],
      answered: [25_000, 'nobody'],
    });
    expect(await clock.finish(waitInQueue(call, queuePlace))).to.equal(undefined);
    expect(call.timeline.filter((played) => !played.startsWith('hold'))).to.deep.equal([
      'tip-connecting 0-3000',
      'tip-wait-112 20000-23000',
    ]);
  });

  it('plays the current news to its end before the next', async () => {
    const call = answeredCall(clock);
    const queuePlace = new FakeQueuePlace(clock, {
      news: [
        [0, place(3)],
        [1_000, place(2)],
      ],
      answered: [9_000, 'nobody'],
    });
    await clock.finish(waitInQueue(call, queuePlace));
    expect(call.timeline).to.deep.equal(['tip-place-3 0-3000', 'tip-wait 3000-6000', 'tip-place-2 6000-9000']);
  });

  it('has a prompt for every place', async () => {
    for (const [at, word] of [
      [9, 'tip-place-9'],
      [10, 'tip-place-more'],
      [250, 'tip-place-more'],
    ] as const) {
      const call = answeredCall(clock);
      const queuePlace = new FakeQueuePlace(clock, { news: [[0, place(at)]], answered: [100, 'nobody'] });
      await clock.finish(waitInQueue(call, queuePlace));
      expect(call.heardWords).to.equal(word);
    }
  });

  it('tells a transferred caller that a colleague is rung', async () => {
    const call = answeredCall(clock);
    const queuePlace = new FakeQueuePlace(clock, {
      news: [[0, { type: 'transferring' }]],
      answered: [8_000, 'nobody'],
    });
    await clock.finish(waitInQueue(call, queuePlace));
    expect(call.heardWords).to.equal('tip-transferring hold');
    expect(call.steps).to.deep.equal(['transferring']);
  });

  it('says nothing when a centralist answers at once', async () => {
    const call = answeredCall(clock);
    const centralist = answeredCall(clock);
    const queuePlace = new FakeQueuePlace(clock, { answered: [0, centralist] });
    expect(await clock.finish(waitInQueue(call, queuePlace))).to.equal(centralist);
    expect(call.played).to.deep.equal([]);
  });

  for (const [when, news] of [
    ['while a softphone rings', RINGING],
    ['while waiting', place(1)],
  ] as const) {
    it(`leaves the queue at once after key 1 ${when}`, async () => {
      const call = answeredCall(clock, { presses: [{ digit: '1', atMs: 2_000 }] });
      const queuePlace = new FakeQueuePlace(clock, { news: [[0, news]] });
      expect(await clock.finish(waitInQueue(call, queuePlace))).to.equal('record');
      expect(queuePlace.left).to.equal(true);
      expect(clock.monotonic() - (call.answeredAt ?? 0)).to.equal(2_000);
    });
  }

  it('ignores any other key', async () => {
    const presses = ['2', '0', '*', '#', '9'].map((digit, index) => ({
      digit: digit as '2',
      atMs: 1_000 * index + 500,
    }));
    const call = answeredCall(clock, { presses });
    const queuePlace = new FakeQueuePlace(clock, { news: [[0, place(1)]], answered: [9_000, 'nobody'] });
    expect(await clock.finish(waitInQueue(call, queuePlace))).to.equal(undefined);
    expect(call.timeline[0]).to.equal('tip-place-1 0-3000');
  });

  it('ignores a key that was pressed before the queue', async () => {
    const call = answeredCall(clock, { presses: [{ digit: '1', atMs: 100 }] });
    await clock.advance(200);
    const queuePlace = new FakeQueuePlace(clock, { news: [[0, RINGING]], answered: [3_000, 'nobody'] });
    expect(await clock.finish(waitInQueue(call, queuePlace))).to.equal(undefined);
  });

  it('leaves the queue when the caller hangs up', async () => {
    const call = answeredCall(clock, { hangsUpAtMs: 4_000 });
    const queuePlace = new FakeQueuePlace(clock, { news: [[0, RINGING]] });
    const error = await clock.finish(waitInQueue(call, queuePlace).catch((thrown: unknown) => thrown));
    expect(error).to.be.instanceOf(HungUp);
    expect(queuePlace.left).to.equal(true);
  });
});
