import { expect } from 'chai';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBareSide } from '../../bench/dialer/bare-side.js';
import { runSide } from '../../bench/dialer/run.js';

describe('A run of the dialer benchmark on a real Asterisk', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bn-bench-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('calls each number once, on no more lines than allowed, and plays the message to its end', async () => {
    const load = {
      ...{ numbers: ['0612340000', '0612340001', '0612340002'], warmUp: ['0612350007'] },
      ...{ lines: 2, cps: 50 },
    };
    const run = await runSide(startBareSide, load, {
      ...{ folder, waitForCalm: false },
      signal: new AbortController().signal,
    });
    expect(run.figures).to.include({ wanted: 3, placed: 3, twice: 0, never: 0, complete: 3, peak: 2 });
    expect(run.figures.answerToSound.p99).to.be.greaterThan(0).and.lessThan(2_000);
    expect(run.figures.digitToMessage.p99).to.be.greaterThan(0).and.lessThan(2_000);
    expect(run.cpuPerCall.asterisk).to.be.greaterThan(0);
    expect(run.cpuPerCall.controller).to.equal(0);
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('leaves no files behind when it is stopped in the middle', async () => {
    const stop = new AbortController();
    const load = { numbers: ['0612340000', '0612340001'], warmUp: [], lines: 1, cps: 50 };
    const running = runSide(
      (...parts) =>
        startBareSide(...parts).then((side) => ({
          ...side,
          begin: async (which) => {
            await side.begin(which);
            stop.abort(new Error('stopped by the test'));
          },
        })),
      load,
      { folder, waitForCalm: false, signal: stop.signal },
    );
    const failure = await running.then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(failure?.name).to.equal('AbortError');
    expect(await readdir(folder)).to.deep.equal([]);
  });
});
