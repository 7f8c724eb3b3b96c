import type { Command } from 'commander';
import type { CliContext } from '../context.js';

interface InstallFlags {
  readonly sha256?: string;
  readonly accept?: boolean;
}

interface TryFlags {
  readonly out?: string;
  readonly voice?: string;
}

export function addVoiceCommands(program: Command, context: CliContext): void {
  const voices = program.command('voices').description('natural voices (BURGERNET_SPEECH=natural), see docs/speech.md');

  voices
    .command('install')
    .description('check a Piper voice, let it speak a sentence, and keep it in the data folder')
    .argument('<file|url>', 'the .onnx file of the voice; its .onnx.json must be beside it')
    .option('--sha256 <hex>', 'refuse the voice unless its .onnx file has this sum')
    .option('--accept', 'I may use this voice although its licence limits the use, or is not known')
    .action(async (source: string, flags: InstallFlags) => {
      const { install } = await import('../voices.js');
      await install(context, source, { accept: false, ...flags });
    });

  voices
    .command('list')
    .description('the installed voices, and which one speaks')
    .action(async () => {
      const { list } = await import('../voices.js');
      await list(context);
    });

  voices
    .command('try')
    .description('speak a text with a voice, as a call would sound')
    .argument('<text>', 'Dutch text')
    .option('--out <file>', 'write the sound to this wav file')
    .option('--voice <name>', 'default: the voice in use')
    .action(async (text: string, flags: TryFlags) => {
      const { tryVoice } = await import('../voices.js');
      await tryVoice(context, text, flags);
    });

  voices
    .command('use')
    .description('choose the voice that speaks; a running service uses it for its next message')
    .argument('<name>', 'name of an installed voice')
    .action(async (name: string) => {
      const { use } = await import('../voices.js');
      await use(context, name);
    });

  voices
    .command('remove')
    .description('remove a voice that is not in use')
    .argument('<name>', 'name of an installed voice')
    .action(async (name: string) => {
      const { remove } = await import('../voices.js');
      await remove(context, name);
    });
}
