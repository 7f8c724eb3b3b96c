import { expect } from 'chai';
import { TrunkLines, type Lease } from '../../../src/app/dialing/trunk-lines.js';

const LIMITS = { lines: 10, tipLines: 3, cps: 1_000 };
/** Calls this far apart are never held up by the CPS. */
const LATER = 1_000;

function fill(lines: TrunkLines): Lease[] {
  const leases: Lease[] = [];
  for (let now = 0; ; now += LATER) {
    const slot = lines.tryOutbound(now);
    if (!('lease' in slot)) return leases;
    leases.push(slot.lease);
  }
}

describe('TrunkLines', () => {
  it('gives outbound calls every line but the tip lines, and no more', () => {
    const lines = new TrunkLines(LIMITS);
    expect(fill(lines)).to.have.lengthOf(7);
    expect(lines.tryOutbound(1e9)).to.deep.equal({ type: 'full' });
    expect([lines.outbound, lines.inbound]).to.deep.equal([7, 0]);
  });

  it('takes lines from outbound calls only when there are more tips than tip lines', () => {
    const lines = new TrunkLines(LIMITS);
    for (let tip = 0; tip < 5; tip++) lines.takeInbound();
    expect(fill(lines)).to.have.lengthOf(5);
  });

  it('takes a tip even when all lines are in use, because the operator has given it a line', () => {
    const lines = new TrunkLines(LIMITS);
    fill(lines);
    for (let tip = 0; tip < 4; tip++) lines.takeInbound();
    expect(lines.outbound + lines.inbound).to.equal(11);
    expect(lines.tryOutbound(1e9)).to.deep.equal({ type: 'full' });
  });

  it('takes back a line once, however often it is released', () => {
    const lines = new TrunkLines(LIMITS);
    const [first] = fill(lines);
    first!.release();
    first!.release();
    expect(lines.outbound).to.equal(6);
    const tip = lines.takeInbound();
    tip.release();
    tip.release();
    expect(lines.inbound).to.equal(0);
  });

  it('tells its listeners once when a line is given back, after the line is free', () => {
    const lines = new TrunkLines(LIMITS);
    const [first] = fill(lines);
    const free: number[] = [];
    const off = lines.onFreed(() => free.push(lines.outbound));
    first!.release();
    first!.release();
    off();
    lines.takeInbound().release();
    expect(free).to.deep.equal([6]);
  });

  it('says when the CPS allows the next call, and allows none before that', () => {
    const lines = new TrunkLines({ ...LIMITS, cps: 2 });
    expect(lines.tryOutbound(10_000)).to.have.property('lease');
    const next = lines.tryOutbound(10_001);
    if (!('type' in next) || next.type !== 'wait') throw new Error('no wait');
    expect(next.until).to.be.within(10_490, 10_510);
    expect(lines.tryOutbound(next.until)).to.have.property('lease');
    expect(lines.outbound).to.equal(2);
  });

  describe('a start slot for a call that is not the dialer’s', () => {
    it('is given at once when one is free, and not at all when it would be too late', () => {
      const lines = new TrunkLines({ ...LIMITS, cps: 2 });
      expect(lines.bookSlot(10_000, 10_000)?.at).to.equal(10_000);
      const late = lines.bookSlot(10_001, 10_100);
      expect(late).to.equal(undefined);
      expect(lines.bookSlot(10_001, 20_000)?.at).to.be.within(10_490, 10_510);
    });

    it('is not given to the dialer, which gets the slot after it', () => {
      const lines = new TrunkLines({ ...LIMITS, cps: 2 });
      lines.tryOutbound(10_000);
      const booked = lines.bookSlot(10_001, 20_000)!;
      expect(lines.tryOutbound(booked.at)).to.have.property('type', 'wait');
      const after = lines.tryOutbound(booked.at);
      if (!('type' in after) || after.type !== 'wait') throw new Error('no wait');
      expect(after.until - booked.at).to.be.within(490, 1_010);
      expect(lines.tryOutbound(after.until)).to.have.property('lease');
      expect([lines.outbound, lines.inbound], 'the slot takes no line').to.deep.equal([2, 0]);
    });

    it('counts from when the call did start, however late that was', () => {
      const lines = new TrunkLines({ ...LIMITS, cps: 2 });
      lines.tryOutbound(10_000);
      const booked = lines.bookSlot(10_001, 20_000)!;
      booked.started(booked.at + 300);
      lines.tryOutbound(11_010);
      const next = lines.tryOutbound(booked.at + 1_010);
      if (!('type' in next) || next.type !== 'wait') throw new Error('no wait');
      expect(next.until).to.be.at.least(booked.at + 300 + 1_000);
    });
  });

  it('knows whether there are more calls than lines', () => {
    const lines = new TrunkLines({ ...LIMITS, lines: 4, tipLines: 0 });
    const leases = fill(lines);
    expect(lines.withinLimit).to.equal(true);
    lines.takeInbound();
    expect(lines.withinLimit).to.equal(false);
    leases[0]!.release();
    expect(lines.withinLimit).to.equal(true);
  });
});
