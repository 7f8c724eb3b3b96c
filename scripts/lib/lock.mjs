// One setup at a time: a file that holds the pid of who is at it. Whoever finds a dead owner takes it over.

import { mkdirSync, readFileSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

const POLL_MS = 300;
/** Taking over is a matter of microseconds: who is at it longer was killed half way. */
const TAKE_OVER_MS = 10_000;
/** States of a process that has ended (proc(5)). */
const ENDED = /^[ZX]$/;

/** Does `work` while holding the lock; waits, and says so once, while another live process holds it. */
export async function withLock(file, what, work) {
  mkdirSync(dirname(file), { recursive: true });
  const me = `${process.pid} ${startOf(process.pid) ?? ''}`;
  let isAnnounced = false;
  for (let holder = tryLock(file, me); holder !== undefined; holder = tryLock(file, me)) {
    if (isAlive(holder)) {
      if (!isAnnounced) say(`waiting for ${what} by another process (pid ${holder.split(' ')[0]}) …`);
      isAnnounced = true;
      await sleep(POLL_MS);
    } else {
      takeAway(file, holder);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Undefined when the lock is ours now, else who holds it. */
function tryLock(file, me) {
  try {
    writeFileSync(file, me, { flag: 'wx' });
    return undefined;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return read(file);
  }
}

/** Removes the lock of a dead owner; of several who try, only the one that may make the guard folder does it. */
function takeAway(file, deadHolder) {
  const guard = `${file}.taking-over`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const since = statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > TAKE_OVER_MS) rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (read(file) === deadHolder) rmSync(file, { force: true });
  } finally {
    rmdirSync(guard);
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Is the process that wrote this line still there? A number that was given to a new process does not count, nor does one that has
 * ended and of which its parent takes no note (a zombie), as the first process of a container may do for ever.
 */
export function isAlive(holder) {
  const [pid, start = ''] = holder.split(' ');
  if (!/^\d+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  const now = statOf(pid);
  // No such files on this system: a number is all there is.
  if (now === undefined) return start === '';
  return !ENDED.test(now.state) && (start === '' || now.start === start);
}

/** When a process started, in clock ticks since boot; undefined where /proc does not tell. */
const startOf = (pid) => statOf(pid)?.start;

/** State and start of a process (proc(5), fields 3 and 22); undefined where /proc does not tell. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before them may hold blanks: count from the closing bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], start: fields[19] };
  } catch {
    return undefined;
  }
}
