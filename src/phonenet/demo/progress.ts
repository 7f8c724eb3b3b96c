import type { ActionCounts } from '../../app/services.js';

/** The terminal to which lines are written. */
export interface Terminal {
  readonly isTTY: boolean;
  write(text: string): void;
}

export interface Progress {
  show(counts: ActionCounts, seconds: number): void;
  /** Prints a line above the line that changes. */
  say(line: string): void;
  /** Ends the line that changes. */
  end(): void;
}

/** Interval of the lines in a log, where a line cannot be replaced, ms. */
const EVERY_MS = 4_000;

/** Shows progress as a line that changes in place, or in a log as a line every few seconds. */
export function createProgress(terminal: Terminal, now: () => number = () => performance.now()): Progress {
  let shownAt = -EVERY_MS;
  let open = false;
  let last = '';
  const clear = (): void => {
    if (open) terminal.write('\r\u001b[K');
    open = false;
  };
  return {
    show(counts, seconds) {
      const line = progressLine(counts, seconds);
      if (terminal.isTTY) {
        terminal.write(`\r\u001b[K${line}`);
        open = true;
        last = line;
      } else if (now() - shownAt >= EVERY_MS && line.slice(8) !== last.slice(8)) {
        shownAt = now();
        last = line;
        terminal.write(`${line}\n`);
      }
    },
    say(line) {
      const again = open ? last : undefined;
      clear();
      terminal.write(`${line}\n`);
      if (again !== undefined) {
        terminal.write(again);
        open = true;
      }
    },
    end() {
      if (open) terminal.write('\n');
      open = false;
      shownAt = -EVERY_MS;
    },
  };
}

/** The state of an action on one line, without outcomes that have not occurred. */
export function progressLine(counts: ActionCounts, seconds: number): string {
  const now = [
    `waiting ${counts.waiting}`,
    `ringing ${counts.dialing + counts.ringing}`,
    `in call ${counts.in_call}`,
  ].join('  ');
  const outcomes: [string, number][] = [
    ['confirmed', counts.confirmed],
    ['voicemail or no key', counts.no_digit],
    ['hung up', counts.hung_up],
    ['no answer', counts.no_answer],
    ['busy', counts.busy],
    ['declined', counts.declined],
    ['unreachable', counts.unreachable],
    ['congestion', counts.congestion],
    ['cancelled', counts.cancelled],
    ['interrupted', counts.interrupted],
  ];
  const soFar = outcomes.filter(([, number]) => number > 0).map(([name, number]) => `${name} ${number}`);
  return [`${seconds.toFixed(0).padStart(4)} s`, now, soFar.join('  ')].filter((part) => part !== '').join(' │ ');
}
