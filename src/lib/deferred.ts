/** A promise that is resolved or rejected from outside. A second resolve or reject does nothing. */
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
  // Code that awaits the promise still gets the rejection. Without this, a rejection that no code awaits yet
  // would end the process.
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
