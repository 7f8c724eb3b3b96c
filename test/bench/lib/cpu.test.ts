import { expect } from 'chai';
import { cpuBetween } from '../../../bench/lib/cpu-watch.js';
import { isVoid, runPairs } from '../../../bench/lib/pairs.js';
import {
  machineTime,
  otherProcessesMs,
  parseMachineTime,
  parseProcessTime,
  processTime,
} from '../../../bench/lib/proc.js';

describe('CPU time from /proc', () => {
  it('of the machine counts programs and stolen time as busy, but not interrupts', () => {
    const text = 'cpu  100 20 30 1000 40 5 60 7 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n';
    expect(parseMachineTime(text)).to.deep.equal({ busyMs: 1570, totalMs: 12_620 });
  });

  it('refuses a text that is not /proc/stat', () => {
    expect(() => parseMachineTime('intr 5')).to.throw('/proc/stat');
    expect(() => parseMachineTime('cpu  1 2 x 4 5 6 7')).to.throw('/proc/stat');
  });

  it('of a process is read even when the name of the process has spaces and brackets', () => {
    const text = '42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 150 25 6 7 20 0 1 0 5 6 7';
    expect(parseProcessTime(text)).to.deep.equal({ ownMs: 1750, endedChildrenMs: 130 });
    expect(parseProcessTime('nothing')).to.equal(undefined);
  });

  it('of this process and this machine can be read', function () {
    if (process.platform !== 'linux') return;
    expect(machineTime().totalMs).to.be.greaterThan(0);
    expect(processTime(process.pid)?.ownMs).to.be.greaterThan(0);
    expect(otherProcessesMs(new Set())).to.be.at.least(otherProcessesMs(new Set([process.pid])));
  });
});

describe('CPU share of other processes', () => {
  const sample = (busyMs: number, totalMs: number, asterisk: number, othersMs = 0) => ({
    machine: { busyMs, totalMs },
    ownMs: { asterisk },
    othersMs,
  });

  it('is the busy time of the machine beyond our processes', () => {
    const use = cpuBetween(sample(1_000, 10_000, 500), sample(1_700, 12_000, 900));
    expect(use).to.deep.equal({ ownMs: { asterisk: 400 }, othersShare: 0.15, busyShare: 0.35 });
  });

  it('is the CPU time of the other processes, if that is more', () => {
    const use = cpuBetween(sample(0, 0, 0, 5_000), sample(400, 2_000, 400, 5_500));
    expect(use.othersShare).to.equal(0.25);
  });

  it('is never negative', () => {
    expect(cpuBetween(sample(0, 0, 0), sample(300, 1_000, 350)).othersShare).to.equal(0);
  });
});

describe('Pairs of benchmark runs', () => {
  const quiet = { othersShare: 0.01 };
  const disturbed = { othersShare: 0.2 };

  /** Runs the given pairs in turn. Returns the counts of valid and void pairs, and the order of the runs. */
  async function play(
    pairs: readonly (readonly [{ othersShare: number }, { othersShare: number }])[],
    wanted: number,
    most: number,
  ) {
    const order: string[] = [];
    let index = 0;
    const result = await runPairs({
      wanted,
      most,
      othersAllowed: 0.05,
      a: () => (order.push('A'), Promise.resolve(pairs[index]![0])),
      b: () => (order.push('B'), Promise.resolve(pairs[index++]![1])),
      onPair: (_, counts) => order.push(counts ? 'counts' : 'void'),
    });
    return { valid: result.valid.length, void: result.void, order: order.join(' ') };
  }

  it('alternate until the wanted number is valid', async () => {
    expect(
      await play(
        [
          [quiet, quiet],
          [quiet, quiet],
        ],
        2,
        5,
      ),
    ).to.deep.equal({
      valid: 2,
      void: 0,
      order: 'A B counts A B counts',
    });
  });

  it('are void, counted and repeated when either run was disturbed', async () => {
    expect(
      await play(
        [
          [quiet, disturbed],
          [disturbed, quiet],
          [quiet, quiet],
        ],
        1,
        5,
      ),
    ).to.deep.equal({
      valid: 1,
      void: 2,
      order: 'A B void A B void A B counts',
    });
  });

  it('are repeated only up to the maximum', async () => {
    expect(
      await play(
        [
          [disturbed, quiet],
          [disturbed, quiet],
        ],
        1,
        2,
      ),
    ).to.include({ valid: 0, void: 2 });
  });

  it('stay valid at exactly the allowed share', () => {
    expect(isVoid(0.05, { othersShare: 0.05 })).to.equal(false);
    expect(isVoid(0.05, { othersShare: 0.051 })).to.equal(true);
  });
});
