import { expect } from 'chai';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import { Output } from '../../../src/adapters/log/output.js';

/** A destination that accepts `bytesLeft` more bytes and then fails with `fault`. */
class Destination {
  text = '';
  tries = 0;

  constructor(
    public bytesLeft: number,
    public fault: string,
  ) {}

  readonly writeSome = (bytes: Uint8Array): number => {
    this.tries += 1;
    if (this.bytesLeft === 0) throw Object.assign(new Error(this.fault), { code: this.fault });
    const taken = bytes.subarray(0, this.bytesLeft);
    this.bytesLeft -= taken.length;
    this.text += Buffer.from(taken).toString();
    return taken.length;
  };
}

describe('Log: output', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => void (clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })));
  afterEach(() => {
    clock.restore();
  });
  const outputTo = (destination: Destination): Output =>
    new Output(destination.writeSome, (dropped) => `(${dropped} dropped)\n`);

  for (const fault of ['ENOSPC', 'EDQUOT', 'EIO', 'EPIPE', 'EFBIG', 'EBADF']) {
    it(`drops and counts lines on ${fault}, tries each once, and reports the count when writing works again`, () => {
      const destination = new Destination(0, fault);
      const output = outputTo(destination);
      for (const line of ['a\n', 'b\n', 'c\n']) output.write(line);
      expect(destination.tries).to.be.within(3, 6);
      destination.bytesLeft = 1_000;
      output.write('d\n');
      expect(destination.text).to.equal('(3 dropped)\nd\n');
    });
  }

  it('reports dropped lines without waiting for another line', () => {
    const destination = new Destination(0, 'ENOSPC');
    const output = outputTo(destination);
    output.write('a\n');
    clock.tick(5_000);
    expect(destination.text).to.equal('');
    destination.bytesLeft = 1_000;
    clock.tick(1_000);
    expect(destination.text).to.equal('(1 dropped)\n');
  });

  it('finishes a half-written line before it writes anything else', () => {
    const destination = new Destination(4, 'ENOSPC');
    const output = outputTo(destination);
    for (const line of ['abcdef\n', 'lost\n', 'lost too\n']) output.write(line);
    expect(destination.text).to.equal('abcd');
    destination.bytesLeft = 1_000;
    output.write('g\n');
    expect(destination.text).to.equal('abcdef\n(2 dropped)\ng\n');
  });

  it('counts the lines of a notice that was dropped itself', () => {
    const destination = new Destination(0, 'ENOSPC');
    const output = outputTo(destination);
    for (let n = 0; n < 50; n += 1) {
      output.write('line\n');
      clock.tick(700);
    }
    destination.bytesLeft = 1_000;
    output.write('z\n');
    expect(destination.text).to.equal('(50 dropped)\nz\n');
  });

  it('keeps up to a megabyte for a slow reader, in order, and drops further lines', () => {
    const destination = new Destination(0, 'EAGAIN');
    const output = outputTo(destination);
    const line = `${'x'.repeat(1_023)}\n`;
    for (let n = 0; n < 3_000; n += 1) output.write(line);
    destination.bytesLeft = 10_000_000;
    clock.tick(20);
    output.write('on\n');
    expect(destination.text).to.equal(`${line.repeat(1_024)}(${3_000 - 1_024} dropped)\non\n`);
  });

  it('gives up flushing to a stopped reader after the time limit', () => {
    const output = outputTo(new Destination(0, 'EAGAIN'));
    output.write('last words\n');
    const from = performance.now();
    output.flush(50);
    expect(performance.now() - from).to.be.within(40, 5_000);
  });
});
