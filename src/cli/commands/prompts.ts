import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import type { Command } from 'commander';
import { namesLike } from '../../domain/prompts/take-check.js';
import { UNNAMED_READER } from '../../domain/prompts/takes.js';
import type { KeptTakes, PromptsView, SetView } from '../../app/services.js';
import type { Api } from '../api-client.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { scriptLines, scriptPage, sentencesToRead } from '../prompt-script.js';

/** The answer of the service to the check of one recording. */
interface Checked {
  readonly soundId: string;
  readonly seconds: number;
  readonly problems: readonly { readonly message: string }[];
}

/** A wav of the folder, and the sentence that it is a recording of. */
interface Recording {
  readonly name: string;
  readonly file: string;
}

export function addPromptCommands(program: Command, context: CliContext): void {
  const prompts = program.command('prompts').description('let a person speak the fixed prompts');

  prompts
    .command('script')
    .description('print the sentences to read aloud')
    .option('--html <file>', 'write them as a page to print instead')
    .action(async ({ html }: { html?: string }) => {
      const sentences = await sentencesToRead(context.config());
      if (html === undefined) {
        for (const line of scriptLines(sentences)) context.print(line);
        return;
      }
      await writeFile(html, scriptPage(sentences)).catch((error: NodeJS.ErrnoException) => {
        throw new CliError([`${html} cannot be written: ${error.message}`]);
      });
      context.print(`${sentences.length} sentences in ${resolve(html)}`);
    });

  prompts
    .command('import')
    .description('play the prompts from the recordings in a folder: NAME.wav for each sentence of the list')
    .argument('<folder>')
    .option('--reader <name>', 'the person who speaks', UNNAMED_READER)
    .option('--partial', 'keep these even if others are missing; a set is played once it is complete')
    .action((folder: string, options: { reader: string; partial?: boolean }) =>
      importFolder(context, folder, { reader: options.reader, partial: options.partial === true }),
    );

  prompts
    .command('list')
    .description('list the sentences, and which of them are recorded')
    .action(async () => {
      for (const line of listLines(await context.api().get<PromptsView>('/prompts'))) context.print(line);
    });

  prompts
    .command('reset')
    .description('forget the recordings, so that the engine speaks the prompts again')
    .option('--reader <name>', 'of this reader only')
    .option('--yes', 'do not ask')
    .action(async ({ reader, yes }: { reader?: string; yes?: boolean }) => {
      const whose = reader === undefined ? 'all recordings' : `the recordings of ${reader}`;
      if (yes !== true && !(await context.confirm(`Forget ${whose}?`))) return;
      await context.api().delete(`/prompts${reader === undefined ? '' : `?reader=${encodeURIComponent(reader)}`}`);
      context.print(`forgotten: ${whose}`);
    });
}

async function importFolder(
  context: CliContext,
  folder: string,
  { partial, reader }: { readonly reader: string; readonly partial: boolean },
): Promise<void> {
  const api = context.api();
  const { sentences } = await api.get<PromptsView>('/prompts');
  const { recordings, problems } = await recordingsIn(
    folder,
    sentences.map(({ name }) => name),
  );
  const takes: { readonly name: string; readonly soundId: string }[] = [];
  for (const recording of recordings) {
    context.status(`checking ${takes.length + 1} of ${recordings.length}: ${recording.name}`);
    const { soundId, problems: found } = await check(api, recording);
    takes.push({ name: recording.name, soundId });
    problems.push(...found.map((message) => `${recording.name}.wav ${message}`));
  }
  context.statusDone();
  if (problems.length > 0) throw new CliError([...problems, 'nothing was imported: correct these files']);
  const kept = await api.post<KeptTakes>('/prompts/import', { reader, partial, takes }).catch((error: unknown) => {
    if (!(error instanceof CliError) || partial) throw error;
    throw new CliError([...error.lines, 'nothing was imported; --partial keeps what is there']);
  });
  context.print(`${kept.kept} recordings of ${reader} are kept`);
  for (const set of kept.sets) context.print(setLine(set, reader));
}

async function check(api: Api, { file, name }: Recording): Promise<{ soundId: string; problems: readonly string[] }> {
  const body = new Blob([await readFile(file)]);
  try {
    const { problems, soundId } = await api.upload<Checked>(`/prompts/${name}/check`, 'audio/wav', body);
    return { soundId, problems: problems.map(({ message }) => message) };
  } catch (error) {
    if (!(error instanceof CliError) || !error.lines.some((line) => line.startsWith('body: '))) throw error;
    return { soundId: '', problems: error.lines.map((line) => line.replace(/^body: /, '')) };
  }
}

/** The wav files of a folder by sentence, and the files whose names are not those of sentences. */
async function recordingsIn(
  folder: string,
  names: readonly string[],
): Promise<{ recordings: readonly Recording[]; problems: string[] }> {
  const files = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new CliError([`${folder} cannot be read: ${error.message}`]);
  });
  const recordings: Recording[] = [];
  const problems: string[] = [];
  for (const { name: file } of files.filter((one) => one.isFile() && !one.name.startsWith('.'))) {
    const { ext, name } = parse(file);
    if (ext.toLowerCase() !== '.wav') continue;
    if (!names.includes(name)) problems.push(`${file} ${unknownName(name, names)}`);
    else if (recordings.some((one) => one.name === name)) problems.push(`${file} is there twice`);
    else recordings.push({ name, file: join(folder, file) });
  }
  if (recordings.length + problems.length === 0)
    throw new CliError([`${folder} has no wav file`, 'the names that are needed: burgernet prompts script']);
  return { recordings, problems };
}

function unknownName(name: string, names: readonly string[]): string {
  const like = namesLike(name, names).map((one) => `${one}.wav`);
  return like.length === 0 ? 'is no sentence of the list' : `is no sentence of the list; is it ${like.join(' or ')}?`;
}

const SET_NAMES: Readonly<Record<SetView['set'], string>> = {
  alert: 'alert call',
  tip_line: 'tip line',
  centralists: 'calls of centralists',
};

/** How far a set is, for this reader. */
function setLine({ reader, readers, sentences, set }: SetView, about: string): string {
  const name = SET_NAMES[set].padEnd(22);
  if (reader === about) return `${name}spoken by ${reader}`;
  const { missing = [], recorded = 0 } = readers.find((one) => one.reader === about) ?? {};
  const speaks = `spoken by ${reader ?? 'the engine'}`;
  if (recorded === 0) return `${name}${speaks}`;
  return `${name}${speaks}; ${recorded} of ${sentences} recorded by ${about}, missing: ${shortened(missing)}`;
}

const MOST_NAMED = 8;

const shortened = (names: readonly string[]): string =>
  names.length <= MOST_NAMED
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;

function listLines({ obsolete, sentences, sets }: PromptsView): readonly string[] {
  const readers = [...new Set(sets.flatMap((set) => set.readers.map(({ reader }) => reader)))];
  return [
    ...sentences.map(({ name, number, takes, text }) => {
      const by = takes.map(({ current, reader }) => (current ? reader : `${reader} (other text)`)).join(', ');
      return `${String(number).padStart(4)}  ${name.padEnd(22)}${(by === '' ? '-' : by).padEnd(24)}${text}`;
    }),
    '',
    ...(readers.length === 0
      ? sets.map((set) => setLine(set, ''))
      : readers.flatMap((reader) => sets.map((set) => setLine(set, reader)))),
    ...obsolete.map(({ name, reader }) => `${name} by ${reader} is no longer in the list`),
  ];
}
