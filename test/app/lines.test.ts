import { expect } from 'chai';
import { Lines, type Lease } from '../../src/app/lines.js';

const LIMITS = { lines: 10, tipLines: 3, cps: 1_000 };
/** So far apart that the CPS is no hindrance. */
const LATER = 1_000;

function fill(lines: Lines): Lease[] {
  const leases: Lease[] = [];
  for (let now = 0; ; now += LATER) {
    const slot = lines.tryOutbound(now);
    if (!('lease' in slot)) return leases;
    leases.push(slot.lease);
  }
}

describe('the lines', () => {
  it('are never used above what is given, and the tip lines are kept free', () => {
    const lines = new Lines(LIMITS);
    expect(fill(lines)).to.have.lengthOf(7);
    expect(lines.tryOutbound(1e9)).to.deep.equal({ type: 'full' });
    expect([lines.outbound, lines.inbound]).to.deep.equal([7, 0]);
  });

  it('give tips the kept lines without taking any from the alert calls, and beyond them do', () => {
    const lines = new Lines(LIMITS);
    for (let tip = 0; tip < 5; tip++) lines.takeInbound();
    expect(fill(lines)).to.have.lengthOf(5);
  });

  it('take a tip even when all lines are taken: the operator has given it one', () => {
    const lines = new Lines(LIMITS);
    fill(lines);
    for (let tip = 0; tip < 4; tip++) lines.takeInbound();
    expect(lines.outbound + lines.inbound).to.equal(11);
    expect(lines.tryOutbound(1e9)).to.deep.equal({ type: 'full' });
  });

  it('are given back once, however often it is said', () => {
    const lines = new Lines(LIMITS);
    const [first] = fill(lines);
    first!.release();
    first!.release();
    expect(lines.outbound).to.equal(6);
    const tip = lines.takeInbound();
    tip.release();
    tip.release();
    expect(lines.inbound).to.equal(0);
  });

  it('say so once when one is given back, when it is free already', () => {
    const lines = new Lines(LIMITS);
    const [first] = fill(lines);
    const free: number[] = [];
    const off = lines.onFreed(() => free.push(lines.outbound));
    first!.release();
    first!.release();
    off();
    lines.takeInbound().release();
    expect(free).to.deep.equal([6]);
  });

  it('say when the next call may go by the CPS, and not before', () => {
    const lines = new Lines({ ...LIMITS, cps: 2 });
    expect(lines.tryOutbound(10_000)).to.have.property('lease');
    const next = lines.tryOutbound(10_001);
    if (!('type' in next) || next.type !== 'wait') throw new Error('no wait');
    expect(next.until).to.be.within(10_490, 10_510);
    expect(lines.tryOutbound(next.until)).to.have.property('lease');
    expect(lines.outbound).to.equal(2);
  });

  it('are left alone until the time that the operator is given', () => {
    const lines = new Lines(LIMITS);
    lines.holdOffUntil(5_000);
    lines.holdOffUntil(2_000);
    expect(lines.tryOutbound(4_999)).to.deep.equal({ type: 'wait', until: 5_000 });
    expect(lines.tryOutbound(5_000)).to.have.property('lease');
  });
});
