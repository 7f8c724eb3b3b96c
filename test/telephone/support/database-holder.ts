import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

/** Another program that holds a database, as a person with a database tool does. */
export interface Hold {
  letGo(): void;
}

const DRIVER = JSON.stringify(createRequire(import.meta.url).resolve('better-sqlite3'));
/** Says so when it holds it, and ends, which lets go, when nobody listens any more. */
const HOLDS = `
const database = new (require(${DRIVER}))(process.argv[1], { timeout: 5000 });
database.exec('BEGIN EXCLUSIVE');
console.log('held');
process.stdin.resume().on('end', () => process.exit(0));`;

/** Opens a transaction that lets nobody else write. `enter`: what starts a program in another place than ours. */
export async function holdDatabase(file: string, enter: readonly string[] = []): Promise<Hold> {
  const [command = process.execPath, ...args] = [...enter, process.execPath, '-e', HOLDS, file];
  const tool = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(tool, 'exit').then(() => false);
  const held = await Promise.race([once(tool.stdout, 'data').then(() => true), ended]);
  if (!held) throw new Error(`${file} could not be held`);
  return {
    letGo: () => {
      tool.stdin.end();
    },
  };
}
