import { Queue } from './queue.js';

/** Does work, at most `limit` pieces of it at the same time. The others wait in order. */
export function atMost(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting = new Queue<() => void>();
  let busy = 0;
  return async (work) => {
    if (busy >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next one in the queue, so nobody else can take it meanwhile.
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}
