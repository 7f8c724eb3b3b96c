import { expect } from 'chai';
import { eachCallee } from '../../../src/app/actions/each-callee.js';
import type { SelectedPerson } from '../../../src/ports/stores.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeLog } from '../../support/fake-log.js';

describe('the callees of an action, slice by slice', () => {
  const SLICES = [[1, 2], [3, 4], [5]];
  let clock: FakeClock;
  let log: FakeLog;
  let passed: number[];
  /** Number of reads that fail at the second slice. */
  let failing: number;
  let goesOn: boolean;

  const callee = (participantId: number): SelectedPerson => ({
    participantId,
    phones: [],
    reachedAt: null,
    heardVersion: 0,
  });
  const calleesInSlices = function* (): Generator<readonly SelectedPerson[]> {
    for (const [index, slice] of SLICES.entries()) {
      if (index === 1 && failing-- > 0) throw new Error('disk I/O error');
      yield slice.map(callee);
    }
  };
  const all = (): Promise<void> =>
    eachCallee(
      { actions: { calleesInSlices }, clock, log },
      1,
      (people) => passed.push(...people.map(({ participantId }) => participantId)),
      () => goesOn,
    );

  /** Every slice takes a turn of the event loop. */
  const oneSecond = async (): Promise<void> => {
    await clock.advance(1_000);
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  };

  beforeEach(() => {
    [clock, log, passed, failing, goesOn] = [new FakeClock(), new FakeLog(), [], 0, true];
  });
  afterEach(() => {
    expect(clock.pending).to.equal(0);
  });

  it('are passed on in order', async () => {
    await all();
    expect(passed).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('are passed on once each when they cannot be read for a while, and that is logged once', async () => {
    failing = 3;
    await all();
    expect(passed).to.deep.equal([1, 2]);
    for (let n = 0; n < 3; n++) await oneSecond();
    expect(passed).to.deep.equal([1, 2, 3, 4, 5]);
    expect(log.said('error')).to.have.length(1);
  });

  it('are not passed on any more after a failure when a newer command came', async () => {
    failing = 1;
    await all();
    goesOn = false;
    for (let n = 0; n < 3; n++) await oneSecond();
    expect(passed).to.deep.equal([1, 2]);
  });
});
