import { expect } from 'chai';
import { Queue } from '../../src/lib/queue.js';

const drain = (queue: Queue<number>): number[] => {
  const taken: number[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) taken.push(item);
  return taken;
};

describe('a queue', () => {
  it('gives items in the order in which they were added', () => {
    const queue = new Queue<number>();
    for (const item of [3, 1, 2]) queue.push(item);
    expect(drain(queue)).to.deep.equal([3, 1, 2]);
    expect(queue.shift()).to.equal(undefined);
  });

  it('gives items that were put back before all others, the last one first', () => {
    const queue = new Queue<number>();
    for (const item of [1, 2, 3]) queue.push(item);
    const [first, second] = [queue.shift()!, queue.shift()!];
    queue.putBack(second);
    queue.putBack(first);
    queue.push(4);
    expect(queue.size).to.equal(4);
    expect(drain(queue)).to.deep.equal([1, 2, 3, 4]);
  });

  it('keeps the order of many items while more are added', () => {
    const queue = new Queue<number>();
    const taken: number[] = [];
    for (let item = 0; item < 10_000; item++) {
      queue.push(item);
      if (item % 3 > 0) taken.push(queue.shift()!);
    }
    expect(queue.size).to.equal(10_000 - taken.length);
    expect([...taken, ...drain(queue)]).to.deep.equal(Array.from({ length: 10_000 }, (_, item) => item));
  });

  it('is empty after clear', () => {
    const queue = new Queue<number>();
    queue.push(1);
    queue.putBack(2);
    queue.clear();
    expect([queue.size, queue.shift()]).to.deep.equal([0, undefined]);
  });
});
