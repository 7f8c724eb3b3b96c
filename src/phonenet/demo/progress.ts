import type { ActionCounts } from '../../app/services.js';

/** Where lines are written: the terminal. */
export interface Terminal {
  readonly isTTY: boolean;
  write(text: string): void;
}

export interface Progress {
  show(counts: ActionCounts, seconds: number): void;
  /** A line of its own, above the one that changes. */
  say(line: string): void;
  /** The changing line stays as it is. */
  end(): void;
}

/** Without a terminal that can be written over: a line this often, ms. */
const EVERY_MS = 4_000;

/** A line that changes in place; in a log, a line every few seconds. */
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

/** One line that says where an action stands; the outcomes that have not occurred are left out. */
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
