// A lock file keeps two set-ups apart. It holds the pid and the start time of its owner. A process that finds
// the lock of a dead owner takes it over.

import { mkdirSync, readFileSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

const POLL_MS = 300;
/** Taking over takes microseconds. A process that takes longer was killed half way. */
const TAKE_OVER_MS = 10_000;
/** States of a process that has ended (proc(5)). */
const ENDED = /^[ZX]$/;

/**
 * Does `work` while holding the lock. Waits while another live process holds it, and says once that it waits
 * for `what`.
 */
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

/** Undefined when we hold the lock now, else the content of the file, which names its owner. */
function tryLock(file, me) {
  try {
    writeFileSync(file, me, { flag: 'wx' });
    return undefined;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return read(file);
  }
}

/**
 * Removes the lock of a dead owner. When several processes try, only the one that can make the guard folder
 * does it.
 */
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
 * Whether the process that wrote this line still runs. A later process with the same pid does not count. A
 * zombie does not count either: the first process of a container may never collect the exit status of its
 * children.
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
  // Without /proc only the pid is known.
  if (now === undefined) return start === '';
  return !ENDED.test(now.state) && (start === '' || now.start === start);
}

/** When a process started, in clock ticks since boot; undefined without /proc. */
const startOf = (pid) => statOf(pid)?.start;

/** State and start of a process (proc(5), fields 3 and 22); undefined without /proc or when it has ended. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The process name before these fields may contain spaces, so the fields are counted from its closing
    // bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], start: fields[19] };
  } catch {
    return undefined;
  }
}
