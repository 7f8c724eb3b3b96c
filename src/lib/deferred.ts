/** A promise with its handles outside. Resolving or rejecting twice does nothing. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly settled: boolean;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T>(): Deferred<T> {
  let settled = false;
  let resolveIt: (value: T) => void = () => undefined;
  let rejectIt: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    resolveIt = resolve;
    rejectIt = reject;
  });
  // Who awaits it hears of a rejection; a rejection that nobody awaits yet is not a fault of the process.
  promise.catch(() => undefined);
  return {
    promise,
    get settled() {
      return settled;
    },
    resolve(value) {
      settled = true;
      resolveIt(value);
    },
    reject(error) {
      settled = true;
      rejectIt(error);
    },
  };
}
