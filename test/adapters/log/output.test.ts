import { expect } from 'chai';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import { Output } from '../../../src/adapters/log/output.js';

/** A place for lines: it takes so many bytes more, then fails in its own way. */
class Place {
  text = '';
  tries = 0;

  constructor(
    public room: number,
    public fault: string,
  ) {}

  readonly writeSome = (bytes: Uint8Array): number => {
    this.tries += 1;
    if (this.room === 0) throw Object.assign(new Error(this.fault), { code: this.fault });
    const taken = bytes.subarray(0, this.room);
    this.room -= taken.length;
    this.text += Buffer.from(taken).toString();
    return taken.length;
  };
}

describe('The output of the log', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => void (clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })));
  afterEach(() => {
    clock.restore();
  });
  const outputTo = (place: Place): Output => new Output(place.writeSome, (dropped) => `(${dropped} dropped)\n`);

  for (const fault of ['ENOSPC', 'EDQUOT', 'EIO', 'EPIPE', 'EFBIG', 'EBADF']) {
    it(`drops and counts lines on ${fault}, tries each once, and says so as soon as it goes on`, () => {
      const place = new Place(0, fault);
      const output = outputTo(place);
      for (const line of ['a\n', 'b\n', 'c\n']) output.write(line);
      expect(place.tries).to.be.within(3, 6);
      place.room = 1_000;
      output.write('d\n');
      expect(place.text).to.equal('(3 dropped)\nd\n');
    });
  }

  it('says so by itself when no line follows', () => {
    const place = new Place(0, 'ENOSPC');
    const output = outputTo(place);
    output.write('a\n');
    clock.tick(5_000);
    expect(place.text).to.equal('');
    place.room = 1_000;
    clock.tick(1_000);
    expect(place.text).to.equal('(1 dropped)\n');
  });

  it('never cuts a line in two: the rest of one that was begun comes first', () => {
    const place = new Place(4, 'ENOSPC');
    const output = outputTo(place);
    for (const line of ['abcdef\n', 'lost\n', 'lost too\n']) output.write(line);
    expect(place.text).to.equal('abcd');
    place.room = 1_000;
    output.write('g\n');
    expect(place.text).to.equal('abcdef\n(2 dropped)\ng\n');
  });

  it('counts a notice that is lost itself for all that it tells of', () => {
    const place = new Place(0, 'ENOSPC');
    const output = outputTo(place);
    for (let n = 0; n < 50; n += 1) {
      output.write('line\n');
      clock.tick(700);
    }
    place.room = 1_000;
    output.write('z\n');
    expect(place.text).to.equal('(50 dropped)\nz\n');
  });

  it('keeps what a slow reader has not taken yet, in order, up to a megabyte, and drops what comes then', () => {
    const place = new Place(0, 'EAGAIN');
    const output = outputTo(place);
    const line = `${'x'.repeat(1_023)}\n`;
    for (let n = 0; n < 3_000; n += 1) output.write(line);
    place.room = 10_000_000;
    clock.tick(20);
    output.write('on\n');
    expect(place.text).to.equal(`${line.repeat(1_024)}(${3_000 - 1_024} dropped)\non\n`);
  });

  it('gives up the last words of a process to a reader who stands still', () => {
    const output = outputTo(new Place(0, 'EAGAIN'));
    output.write('last words\n');
    const from = performance.now();
    output.flush(50);
    expect(performance.now() - from).to.be.within(40, 5_000);
  });
});
