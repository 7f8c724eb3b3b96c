import { Command } from 'commander';
import { addActionCommands } from './commands/actions.js';
import { addCentralistCommands } from './commands/centralists.js';
import { addOperationCommands } from './commands/operation.js';
import { addParticipantCommands } from './commands/participants.js';
import { addTipCommands } from './commands/tips.js';
import { createContext, type CliContext, type GlobalOptions } from './context.js';

/** The `burgernet` command. What is given replaces a part of the context: a test reads what is printed. */
export function createProgram(given: Partial<CliContext> = {}): Command {
  const program = new Command('burgernet')
    .description('Burgernet by telephone')
    .option('--url <url>', 'of the service; BURGERNET_HTTP without it')
    .option('--token <token>', 'BURGERNET_TOKEN, or the one in the data folder, without it')
    .showHelpAfterError('(add --help for more)');
  const context = { ...createContext(() => program.opts<GlobalOptions>()), ...given };
  addParticipantCommands(program, context);
  addCentralistCommands(program, context);
  addActionCommands(program, context);
  addTipCommands(program, context);
  addOperationCommands(program, context);
  return program;
}
