import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

/** Another program that has locked a database, as a person with a database tool may do. */
export interface DatabaseLock {
  release(): void;
}

const DRIVER = JSON.stringify(createRequire(import.meta.url).resolve('better-sqlite3'));
/** A program that prints a word when it has the lock, and releases the lock at the end of its input. */
const LOCKS = `
const database = new (require(${DRIVER}))(process.argv[1], { timeout: 5000 });
database.exec('BEGIN EXCLUSIVE');
console.log('locked');
process.stdin.resume().on('end', () => process.exit(0));`;

/**
 * Opens an exclusive transaction in another process, so that our service cannot write.
 * @param enter the command that starts a program in another namespace, before the words of the program
 */
export async function lockDatabase(file: string, enter: readonly string[] = []): Promise<DatabaseLock> {
  const [command = process.execPath, ...args] = [...enter, process.execPath, '-e', LOCKS, file];
  const tool = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(tool, 'exit').then(() => false);
  const locked = await Promise.race([once(tool.stdout, 'data').then(() => true), ended]);
  if (!locked) throw new Error(`${file} could not be locked`);
  return {
    release: () => {
      tool.stdin.end();
    },
  };
}
