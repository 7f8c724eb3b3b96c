import { expect } from 'chai';
import { Heap } from '../../src/lib/heap.js';

const numbers = (): Heap<number> => new Heap<number>((a, b) => a - b);
const drain = (heap: Heap<number>): number[] => {
  const taken: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) taken.push(item);
  return taken;
};

describe('a heap', () => {
  it('gives the smallest item first, for any order of pushes', () => {
    for (let round = 1; round <= 50; round++) {
      const items = Array.from({ length: round }, (_, index) => (index * 7919 + round * 104_729) % 101);
      const heap = numbers();
      for (const item of items) heap.push(item);
      expect(heap.size).to.equal(round);
      expect(heap.peek()).to.equal(Math.min(...items));
      expect(drain(heap)).to.deep.equal(items.toSorted((a, b) => a - b));
    }
  });

  it('stays in order while items are taken and added', () => {
    const heap = numbers();
    for (const item of [5, 1, 4]) heap.push(item);
    expect(heap.pop()).to.equal(1);
    for (const item of [3, 9, 0]) heap.push(item);
    expect(drain(heap)).to.deep.equal([0, 3, 4, 5, 9]);
  });

  it('gives undefined when it is empty or was cleared', () => {
    const heap = numbers();
    expect([heap.peek(), heap.pop()]).to.deep.equal([undefined, undefined]);
    heap.push(1);
    heap.clear();
    expect([heap.size, heap.peek(), heap.pop()]).to.deep.equal([0, undefined, undefined]);
  });
});
