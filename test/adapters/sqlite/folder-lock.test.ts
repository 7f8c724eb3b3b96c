import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { lockDataFolder } from '../../../src/adapters/sqlite/folder-lock.js';
import { Problem } from '../../../src/domain/problem.js';
import { inFolder } from './support/fixtures.js';

const MODULE = fileURLToPath(new URL('../../../src/adapters/sqlite/folder-lock.ts', import.meta.url));

function refusal(folder: string): Problem {
  try {
    lockDataFolder(folder).release();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('the folder was not locked');
}

/** Another process that locks the folder until it is killed. */
async function otherService(folder: string) {
  const program = `
    const { lockDataFolder } = await import(process.argv[1]);
    lockDataFolder(process.argv[2]);
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', program, MODULE, folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

describe('lock of a data folder', () => {
  it('admits one service, and names the folder to the second', async () => {
    await inFolder((folder) => {
      const lock = lockDataFolder(folder);
      const problem = refusal(folder);
      expect(problem.code).to.equal('conflict');
      expect(problem.message).to.contain(folder).and.contain('another service');
      lock.release();
      lock.release();
      lockDataFolder(folder).release();
    });
  });

  it('is held by another process until that process is killed', async () => {
    await inFolder(async (folder) => {
      const child = await otherService(folder);
      const exited = once(child, 'exit');
      try {
        expect(refusal(folder).code).to.equal('conflict');
      } finally {
        child.kill('SIGKILL');
        await exited;
      }
      lockDataFolder(folder).release();
    });
  });

  it('names a folder that does not exist', () => {
    expect(refusal('/nowhere/at/all').message).to.contain('/nowhere/at/all');
  });
});
