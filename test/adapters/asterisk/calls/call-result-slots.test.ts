import { expect } from 'chai';
import {
  CallResultSlots,
  NO_SLOT,
  callResultSlots,
} from '../../../../src/adapters/asterisk/calls/call-result-slots.js';

const idOf = (number: number): string => `bn-ab12-a${number}`;

describe('call result slots', () => {
  it('are derived from the call id, 2,000 in all', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => idOf(7_000 + index));
    expect(new Set(ids.flatMap(callResultSlots)).size).to.equal(2_000);
    expect(callResultSlots(idOf(17))).to.deep.equal(callResultSlots(idOf(517)));
    expect(callResultSlots('no number')[0]).to.equal('BURGERNET_END_0');
  });

  it('are the slots in which a later process looks', () => {
    const slots = new CallResultSlots();
    for (const number of [3, 503, 1_003]) expect(callResultSlots(idOf(number))).to.include(slots.take(idOf(number)));
  });

  it('give each live call a slot of its own, even when call numbers share their slots', () => {
    const slots = new CallResultSlots();
    // Long calls among many short ones can have numbers that share the same slots.
    const taken = [1, 501, 1_001, 2_001, 2].map((number) => slots.take(idOf(number)));
    expect(new Set(taken).size).to.equal(5);
    expect(taken).not.to.include(NO_SLOT);
  });

  it('are free for another call once the first is over', () => {
    const slots = new CallResultSlots();
    const first = slots.take(idOf(1));
    expect(slots.take(idOf(501))).not.to.equal(first);
    slots.free(idOf(1));
    expect(slots.take(idOf(1_001))).to.equal(first);
  });

  it('keep the slot of a call of an earlier process reserved', () => {
    const slots = new CallResultSlots();
    slots.reserve(idOf(1));
    expect(slots.take(idOf(501))).to.equal(callResultSlots(idOf(1))[1]);
    slots.free(idOf(1));
    expect(slots.take(idOf(1_001))).to.equal(callResultSlots(idOf(1))[0]);
  });

  it('never share a slot: when none is left, the result of that call is not kept', () => {
    const slots = new CallResultSlots();
    const taken = [1, 501, 1_001, 1_501, 2_001].map((number) => slots.take(idOf(number)));
    expect(new Set(taken).size).to.equal(5);
    expect(taken.at(-1)).to.equal(NO_SLOT);
  });
});
