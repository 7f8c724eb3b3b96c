import { expect } from 'chai';
import { passageOf, readNoted, welcomeOf, type Noted } from '../../../bench/tipline/record.js';

const noted = (event: string, number: string, at: number): Noted => ({ event, number, at });

describe('Records of the tip line benchmark', () => {
  it('are read from the log of SIPp', () => {
    expect(readNoted('I 0612340001 1795486313.000000 250000.000000')).to.deep.equal({
      event: 'I',
      number: '0612340001',
      at: 1_795_486_313_250,
    });
    expect(readNoted('R +31612340001 1795486313 1')).to.have.property('event', 'R');
    for (const odd of ['', 'I', 'I 0612340001 now then', 'something else']) expect(readNoted(odd)).to.equal(undefined);
  });

  it('pair each caller with the softphone that rang before the caller rang again', () => {
    const callers = [noted('I', '1', 0), noted('I', '2', 10), noted('I', '1', 1_000), noted('I', '3', 1_100)];
    const softphones = [noted('R', '1', 20), noted('R', '2', 50), noted('R', '1', 1_030), noted('R', '1', 5_000)];
    expect(passageOf(callers, softphones)).to.deep.equal({ rung: 3, lost: 1, p50: 30, p99: 40 });
  });

  it('have no times without a ring that belongs to a caller', () => {
    expect(passageOf([noted('I', '1', 0)], [])).to.deep.equal({ rung: 0, lost: 1, p50: undefined, p99: undefined });
    // A ring from an earlier measurement does not belong to this caller.
    expect(passageOf([noted('I', '1', 100)], [noted('R', '1', 50)])).to.include({ rung: 0, lost: 1 });
  });

  it('count how strangers were answered, and how long they waited', () => {
    const lines = [
      ...[noted('I', '1', 0), noted('refused', '1', 20), noted('I', '2', 5), noted('answered', '2', 45)],
      ...[noted('I', '3', 9), noted('silent', '3', 2_009), noted('I', '4', 10), noted('failed', '4', 12)],
    ];
    expect(welcomeOf(lines)).to.deep.equal({ rang: 4, refused: 1, answered: 1, failed: 1, silent: 1, p99: 2_000 });
  });
});
