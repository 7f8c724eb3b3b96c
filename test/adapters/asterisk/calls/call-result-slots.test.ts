import { expect } from 'chai';
import {
  CallResultSlots,
  FORGOTTEN,
  callResultSlots,
} from '../../../../src/adapters/asterisk/calls/call-result-slots.js';

const idOf = (number: number): string => `bn-ab12-a${number}`;

describe('where the ends of calls are kept', () => {
  it('follows from the id, in few places', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => idOf(7_000 + index));
    expect(new Set(ids.flatMap(callResultSlots)).size).to.equal(2_000);
    expect(callResultSlots(idOf(17))).to.deep.equal(callResultSlots(idOf(517)));
    expect(callResultSlots('no number')[0]).to.equal('BURGERNET_END_0');
  });

  it('is one of those that a later process looks at', () => {
    const places = new CallResultSlots();
    for (const number of [3, 503, 1_003]) expect(callResultSlots(idOf(number))).to.include(places.take(idOf(number)));
  });

  it('is a place of its own for each call that is up, however far apart their numbers are', () => {
    const places = new CallResultSlots();
    // Long calls among many short ones: numbers that fall on one place.
    const taken = [1, 501, 1_001, 2_001, 2].map((number) => places.take(idOf(number)));
    expect(new Set(taken).size).to.equal(5);
    expect(taken).not.to.include(FORGOTTEN);
  });

  it('is free for another call once the first is over', () => {
    const places = new CallResultSlots();
    const first = places.take(idOf(1));
    expect(places.take(idOf(501))).not.to.equal(first);
    places.free(idOf(1));
    expect(places.take(idOf(1_001))).to.equal(first);
  });

  it('is not that of a call of an earlier process', () => {
    const places = new CallResultSlots();
    places.hold(idOf(1));
    expect(places.take(idOf(501))).to.equal(callResultSlots(idOf(1))[1]);
    places.free(idOf(1));
    expect(places.take(idOf(1_001))).to.equal(callResultSlots(idOf(1))[0]);
  });

  it("is not another call's when there is no place left: that end is the one forgotten", () => {
    const places = new CallResultSlots();
    const taken = [1, 501, 1_001, 1_501, 2_001].map((number) => places.take(idOf(number)));
    expect(new Set(taken).size).to.equal(5);
    expect(taken.at(-1)).to.equal(FORGOTTEN);
  });
});
