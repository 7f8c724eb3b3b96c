import { expect } from 'chai';
import { LineLimit } from '../../../src/adapters/log/line-limit.js';
import { createPinoLog } from '../../../src/adapters/log/pino-log.js';

describe('Log: limit on repeated lines', () => {
  it('admits a thousand lines at once, and two a second after that', () => {
    let now = 0;
    const limit = new LineLimit(() => now);
    const admitted = (times: number): number =>
      Array.from({ length: times }, () => limit.admit('request')).filter((line) => line.admitted).length;
    expect(admitted(5_000)).to.equal(1_000);
    let after = 0;
    for (let tenths = 0; tenths < 36_000; tenths += 1) {
      now += 100;
      after += admitted(100);
    }
    expect(after, 'lines in an hour at a thousand a second').to.be.within(7_100, 7_210);
  });

  it('returns the number of lines left out with the next admitted line', () => {
    let now = 0;
    const limit = new LineLimit(() => now);
    for (let n = 0; n < 1_300; n += 1) limit.admit('request');
    now += 1_000;
    expect(limit.admit('request')).to.deep.equal({ admitted: true, leftOut: 300 });
    expect(limit.admit('request')).to.deep.equal({ admitted: true, leftOut: 0 });
  });

  it('does not limit other messages, and counts the lines of child logs together', () => {
    const lines: { msg: string }[] = [];
    const log = createPinoLog({
      level: 'info',
      destination: { write: (line: string) => void lines.push(JSON.parse(line) as { msg: string }) },
    });
    for (let n = 0; n < 3_000; n += 1) log.child({ n }).info('request', { n });
    log.error('something else');
    expect(lines.filter(({ msg }) => msg === 'request').length).to.be.within(1_000, 1_020);
    expect(lines.at(-1)?.msg).to.equal('something else');
  });
});
