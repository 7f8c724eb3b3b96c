import { ConfigError } from '../config.js';
import { CliError } from './cli-error.js';
import { createProgram } from './program.js';

try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CliError) && !(error instanceof ConfigError)) throw error;
  const lines = error instanceof CliError ? error.lines : error.message.split('\n');
  for (const line of lines) console.error(line);
  process.exitCode = 1;
}
