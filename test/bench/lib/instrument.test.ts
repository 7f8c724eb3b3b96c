import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { endChild } from '../../../bench/lib/children.js';
import { APART, goFirst } from '../../../bench/lib/instrument.js';

/** The session of a process: the sixth field of its stat, see proc_pid_stat(5). The second may hold spaces. */
function sessionOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}

function mayGoFirst(): boolean {
  const before = getPriority();
  try {
    setPriority(before - 1);
    setPriority(before);
    return true;
  } catch {
    return false;
  }
}

describe('What measures', () => {
  it('has a session of its own and goes before what is measured, where that is allowed', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore', ...APART });
    await once(child, 'spawn');
    const { pid } = child;
    if (pid === undefined) throw new Error('it has no id');
    try {
      goFirst(pid);
      expect(sessionOf(pid)).to.equal(pid);
      expect(getPriority(pid)).to.equal(mayGoFirst() ? -10 : getPriority());
    } finally {
      await endChild(child, 1_000);
    }
    goFirst(pid);
    expect(child.signalCode).to.equal('SIGTERM');
  });
});
