/** A line of SIPp's log about one call: it came in, was answered, or was hung up. */
export interface SipEvent {
  readonly type: 'invited' | 'answered' | 'ended';
  /** SIPp's own number of the call, from 1. */
  readonly call: number;
  /** The called number, digits without a plus. */
  readonly number: string;
  /** RTP port of the calling side. */
  readonly port: number;
  /** Time of day, ms. */
  readonly at: number;
}

const TYPES = { I: 'invited', A: 'answered', B: 'ended' } as const;
// SIPp writes its counters as `1795486313.000000`.
const LINE = /^([IAB]) (\d+) (\d+) (\d+) (\d+)(?:\.\d+)? (\d+)(?:\.\d+)?$/;

/** Parses one line of the log that {@link scenarioXml} makes SIPp write; undefined for any other line. */
export function readSipEvent(line: string): SipEvent | undefined {
  const [, letter, call, number, port, seconds, microseconds] = LINE.exec(line) ?? [];
  if (number === undefined) return undefined;
  return {
    type: TYPES[letter as keyof typeof TYPES],
    call: Number(call),
    number,
    port: Number(port),
    at: Number(seconds) * 1000 + Number(microseconds) / 1000,
  };
}

/** Splits pieces of a file into whole lines. The part after the last line end is kept for the next piece. */
export class LineReader {
  #rest = '';

  take(piece: string): string[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }
}
