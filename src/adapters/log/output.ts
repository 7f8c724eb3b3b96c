/** Writes some of the bytes without waiting and answers how many; throws as `fs.writeSync` does. */
export type WriteSome = (bytes: Uint8Array) => number;

/** Kept for a reader that is slow for a moment; what comes after that is dropped. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** A pipe that is full has room again soon; a full disk has not. */
const FULL_PIPE_MS = 20;
const FAULT_MS = 1_000;
const FLUSH_STEP_MS = 5;

interface Waiting {
  bytes: Uint8Array;
  /** A part of it was written: the rest comes first when writing goes on, so that no line is cut in two. */
  begun: boolean;
  /** How many lines are lost with it. */
  readonly lines: number;
}

/**
 * Lines of text for a place that may be a full disk, a pipe that nobody reads or a terminal that stands still. The
 * service never waits for that place: lines that cannot be written are dropped and counted, and the count is written
 * as soon as writing works again.
 */
export class Output {
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `notice`: the line that tells how many lines were dropped. */
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
    this.#tellDropped();
    this.#push(bytes, 1);
    this.#drain();
  }

  /** Writes what waits, and gives up after so many ms: for the last moment of a process. */
  flush(limitMs: number): void {
    const deadline = performance.now() + limitMs;
    while (this.#drainAndTell() === 'full' && performance.now() < deadline) sleep(FLUSH_STEP_MS);
  }

  /**
   * Once a line was dropped, so are those after it until nothing waits any more: the count stands where they are
   * missing.
   */
  #hasRoomFor(bytes: Uint8Array): boolean {
    if (this.#waiting.length === 0) return true;
    return this.#dropped === 0 && this.#waitingBytes + bytes.length <= MOST_WAITING_BYTES;
  }

  #drainAndTell(): 'written' | 'full' | 'failed' {
    const drained = this.#drain();
    if (drained !== 'written' || this.#dropped === 0) return drained;
    this.#tellDropped();
    return this.#drain();
  }

  #tellDropped(): void {
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
      const written = this.#some(next.bytes);
      if (written === 'full' || written === 'failed') {
        if (written === 'failed') this.#dropAll();
        this.#again(written === 'full' ? FULL_PIPE_MS : FAULT_MS);
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

  #some(bytes: Uint8Array): number | 'full' | 'failed' {
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

  #again(ms: number): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#drainAndTell();
    }, ms);
    // A process that has nothing else to do ends; what still waits is written then.
    this.#timer.unref();
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
