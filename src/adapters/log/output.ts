/** Writes some of the bytes without waiting, and returns how many. Throws as `fs.writeSync` does. */
export type WriteSome = (bytes: Uint8Array) => number;

/** Most bytes held for a reader that is slow for a moment. Lines beyond that are dropped. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** A full pipe has space again soon, a full disk does not. */
const FULL_PIPE_MS = 20;
const FAULT_MS = 1_000;
const FLUSH_STEP_MS = 5;

interface Waiting {
  bytes: Uint8Array;
  /** A part was written. The rest comes first when writing goes on, so that no line is cut in two. */
  begun: boolean;
  /** Lines that are lost when these bytes are dropped. */
  readonly lines: number;
}

/**
 * Writes lines to a destination that may be a full disk, a pipe that nobody reads or a stopped terminal. The
 * service never waits for the destination. Lines that cannot be written are dropped and counted, and the
 * count is written as soon as writing works again.
 */
export class Output {
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `notice`: the line that says how many lines were dropped. */
  constructor(
    private readonly writeSome: WriteSome,
    private readonly notice: (dropped: number) => string,
  ) {}

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (!this.#hasRoomFor(bytes)) this.#drain();
    if (!this.#hasRoomFor(bytes)) {
      this.#dropped += 1;
      return;
    }
    this.#pushNotice();
    this.#push(bytes, 1);
    this.#drain();
  }

  /** Writes the waiting lines, and gives up after `limitMs`. Called at the end of a process. */
  flush(limitMs: number): void {
    const deadline = performance.now() + limitMs;
    while (this.#drainWithNotice() === 'full' && performance.now() < deadline) sleep(FLUSH_STEP_MS);
  }

  /** After a dropped line all lines are dropped until no line waits, so that the notice marks one gap. */
  #hasRoomFor(bytes: Uint8Array): boolean {
    if (this.#waiting.length === 0) return true;
    return this.#dropped === 0 && this.#waitingBytes + bytes.length <= MOST_WAITING_BYTES;
  }

  #drainWithNotice(): 'written' | 'full' | 'failed' {
    const drained = this.#drain();
    if (drained !== 'written' || this.#dropped === 0) return drained;
    this.#pushNotice();
    return this.#drain();
  }

  #pushNotice(): void {
    const lines = this.#dropped;
    if (lines === 0) return;
    this.#dropped = 0;
    this.#push(Buffer.from(this.notice(lines)), lines);
  }

  #push(bytes: Uint8Array, lines: number): void {
    this.#waiting.push({ bytes, lines, begun: false });
    this.#waitingBytes += bytes.length;
  }

  #drain(): 'written' | 'full' | 'failed' {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const written = this.#writeSome(next.bytes);
      if (written === 'full' || written === 'failed') {
        if (written === 'failed') this.#dropAll();
        this.#retryAfter(written === 'full' ? FULL_PIPE_MS : FAULT_MS);
        return written;
      }
      this.#waitingBytes -= written;
      if (written === next.bytes.length) this.#waiting.shift();
      else if (written > 0) {
        next.bytes = next.bytes.subarray(written);
        next.begun = true;
      }
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return 'written';
  }

  #writeSome(bytes: Uint8Array): number | 'full' | 'failed' {
    try {
      return this.writeSome(bytes);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EINTR') return 0;
      return code === 'EAGAIN' || code === 'EBUSY' ? 'full' : 'failed';
    }
  }

  #dropAll(): void {
    this.#dropped += this.#waiting.reduce((sum, { lines, begun }) => sum + (begun ? 0 : lines), 0);
    this.#waiting = this.#waiting.filter(({ begun }) => begun);
    this.#waitingBytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  #retryAfter(ms: number): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#drainWithNotice();
    }, ms);
    // A process with nothing else to do ends, and writes the waiting lines at its exit.
    this.#timer.unref();
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
