import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { endChild } from '../../../bench/lib/children.js';
import { APART, goFirst } from '../../../bench/lib/instrument.js';
import { statFieldsAfterName } from '../../../src/lib/is-alive.js';

/** The session of a process: field 6 of proc(5). */
const sessionOf = (pid: number): number => Number(statFieldsAfterName(readFileSync(`/proc/${pid}/stat`, 'utf8'))[3]);

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

describe('A measuring process', () => {
  it('has a session of its own, and a higher priority where that is allowed', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore', ...APART });
    await once(child, 'spawn');
    const { pid } = child;
    if (pid === undefined) throw new Error('the child has no process id');
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
