import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { OwnAsterisk } from './asterisk-process.js';

export interface RingGuardOptions {
  readonly asterisk: Pick<OwnAsterisk, 'console'>;
  /** The folder of our Asterisk: the latest guard leaves its process id there. */
  readonly folder: string;
  /** How long a telephone may ring. */
  readonly ringSeconds: number;
}

export interface RingGuard {
  /** The controller ends in an orderly way, and leaves no call that rings. Safe to repeat. */
  close(): void;
}

/**
 * Waits for a line, or for the end of its input: that comes when the controller is gone, however it ended. A channel
 * `Down` is an outgoing call that was not answered, also with early media; a caller who is not answered has `Ring`.
 * `sleep` goes by what passes, not by the wall clock.
 */
const SCRIPT = `
file=$1 seconds=$2; shift 2
echo $$ > "$file"
read -r told && exit 0
unanswered() { "$@" -rx 'core show channels concise' | sed -nE 's/^([^!]+)!([^!]*!){3}(Down|Ringing)!.*/\\1/p'; }
sleep 1
left=$(unanswered "$@")
[ -n "$left" ] || exit 0
sleep "$seconds"
[ "$(cat "$file")" = $$ ] || exit 0
unanswered "$@" | grep -Fx -- "$left" | while read -r name; do "$@" -rx "channel request hangup $name"; done
`;

/**
 * Ends the ringing when the controller is gone and no other has come. The controller itself ends what rings too long, by
 * its monotonic clock. Asterisk cannot: its own limits go by the wall clock, and a step of that would end every call that
 * rings. So a shell outlives the controller for as long as a telephone may ring.
 */
export function startRingGuard({ asterisk, folder, ringSeconds }: RingGuardOptions): RingGuard {
  const { words, env } = asterisk.console;
  // It has slept for a second by then.
  const rest = String(Math.max(1, ringSeconds - 1));
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'ring-guard', join(folder, 'ring-guard.pid'), rest, ...words], {
    // What ends the controller's group of processes ends no guard.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: { ...process.env, ...env },
  });
  child.unref();
  const { stdin } = child;
  // One that could not be started, or was ended by somebody, is missed by nobody while the controller runs.
  child.on('error', () => undefined);
  stdin.on('error', () => undefined);
  return { close: () => stdin.end('done\n') };
}
