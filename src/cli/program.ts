import { Command } from 'commander';
import { addActionCommands } from './commands/actions.js';
import { addCentralistCommands } from './commands/centralists.js';
import { addOperationCommands } from './commands/operation.js';
import { addParticipantCommands } from './commands/participants.js';
import { addPromptCommands } from './commands/prompts.js';
import { addTipCommands } from './commands/tips.js';
import { addVoiceCommands } from './commands/voices.js';
import { createContext, type CliContext, type GlobalOptions } from './context.js';

/** The `burgernet` command. `given` replaces parts of the context, so that a test can read the output. */
export function createProgram(given: Partial<CliContext> = {}): Command {
  const program = new Command('burgernet')
    .description('Burgernet by telephone')
    .option('--url <url>', 'URL of the service; default: from BURGERNET_HTTP')
    .option('--token <token>', 'default: BURGERNET_TOKEN, or the token in the data folder')
    .showHelpAfterError('(add --help for more)');
  const context = { ...createContext(() => program.opts<GlobalOptions>()), ...given };
  addParticipantCommands(program, context);
  addCentralistCommands(program, context);
  addActionCommands(program, context);
  addTipCommands(program, context);
  addVoiceCommands(program, context);
  addPromptCommands(program, context);
  addOperationCommands(program, context);
  return program;
}
