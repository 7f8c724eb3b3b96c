import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliError } from '../../src/cli/cli-error.js';
import { createProgram } from '../../src/cli/program.js';
import { loadConfig } from '../../src/config.js';
import { readWav } from '../../src/adapters/speech/wav-read.js';
import { burgernet } from './burgernet.js';
import { echoedSentences, echoModel, ECHO_RATE, piperSettings, writeVoice } from '../support/test-voices.js';

const NAME = 'nl_NL-echo-medium';

describe('burgernet voices', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'burgernet-voices-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const run = async (args: readonly string[], speech = 'natural'): Promise<string> => {
    const lines: string[] = [];
    const config = loadConfig({ BURGERNET_DATA: join(folder, 'data'), BURGERNET_SPEECH: speech }, folder);
    const program = createProgram({ print: (line = '') => void lines.push(line), config: () => config });
    try {
      await program.parseAsync(['voices', ...args], { from: 'user' });
    } catch (error) {
      // The command loads its module when it runs, so the class may be another instance in tests.
      if (!(error instanceof Error && error.name === 'CliError')) throw error;
      lines.push(...(error as CliError).lines);
    }
    return lines.join('\n');
  };
  const written = (name: string, settings = piperSettings(ECHO_RATE)): Promise<string> =>
    writeVoice(folder, name, echoModel(), settings);

  it('installs a voice, says its licence, sum and speed, and how to use it', async () => {
    const said = await run(['install', await written(NAME)]);
    expect(said).to.match(/^installed nl_NL-echo-medium\nlicence: CC0\nsha256: [0-9a-f]{64}\n/);
    expect(said).to.match(/a message of 20 s takes \d+\.\d s to make on this machine/);
    expect(said).to.include('the next message is spoken by it');
    const second = await run(['install', await written('nl_NL-two-low')]);
    expect(second).to.include('to use it: burgernet voices use nl_NL-two-low');
  });

  it('is done in a program of its own, too, where nothing else keeps the program alive', async () => {
    const settings = { BURGERNET_DATA: join(folder, 'data'), BURGERNET_SPEECH: 'natural' };
    const installed = await burgernet(['voices', 'install', await written(NAME)], settings);
    expect(installed)
      .to.include({ code: 0, err: '' })
      .and.property('out')
      .match(/^installed nl_NL-echo-medium\n/);
    const tried = await burgernet(['voices', 'try', 'Gezocht: 2 mannen.'], settings);
    expect(tried).to.include({ code: 0, err: '' }).and.property('out').include(`by ${NAME}`);
    expect(await readdir(join(folder, 'data', 'voices'))).to.have.members([NAME, 'in-use']);
  });

  it('lists the voices, and marks the one that speaks', async () => {
    expect(await run(['list'])).to.include('no natural voice is installed');
    await run(['install', await written(NAME)]);
    await run(['install', await written('nl_NL-two-low')]);
    expect(await run(['use', 'nl_NL-two-low'])).to.include('in use: nl_NL-two-low');
    const said = await run(['list']);
    expect(said)
      .to.match(/^ {2}nl_NL-echo-medium {2}16000 Hz/m)
      .and.match(/^\* nl_NL-two-low {2}16000 Hz/m);
  });

  it('speaks a text into a wav file, and shows how it is said', async () => {
    await run(['install', await written(NAME)]);
    const out = join(folder, 'proef.wav');
    const said = await run(['try', 'Gezocht: 2 mannen.', '--out', out]);
    expect(said).to.include('said: Gezocht, twee mannen.').and.include(`by ${NAME}`).and.include(`written to ${out}`);
    const { rate, samples } = readWav(await readFile(out));
    const [sentence] = echoedSentences(samples, rate);
    expect(said).to.include(`phonemes: ${sentence}\n`);
  });

  it('removes a voice, unless it is in use', async () => {
    await run(['install', await written(NAME)]);
    await run(['install', await written('nl_NL-two-low')]);
    expect(await run(['remove', NAME])).to.include('is in use');
    expect(await run(['remove', 'nl_NL-two-low'])).to.equal('removed nl_NL-two-low');
    expect(await readdir(join(folder, 'data', 'voices'))).to.have.members([NAME, 'in-use']);
  });

  it('says what is wrong, without a stack', async () => {
    expect(await run(['use', '../token'])).to.include('not changed: there is no voice "../token"');
    expect(await run(['try', 'hallo'])).to.include('no natural voice is installed');
    expect(await run(['try', '!!'])).to.equal('there is nothing to say in this text');
    expect(await run(['install', join(folder, 'none.onnx')])).to.include('not installed: there is no file');
    expect(await run(['install', 'x.onnx', '--sha256', 'abc'])).to.include('64 hex digits');
    const limited = await written('nl_NL-x-low', piperSettings(ECHO_RATE, { license: 'CC BY-NC 4.0' }));
    expect(await run(['install', limited])).to.include('not installed: its licence limits the use (CC BY-NC 4.0)');
    expect(await run(['install', limited, '--accept'])).to.include('installed nl_NL-x-low');
  });

  it('says that another engine speaks', async () => {
    const said = await run(['install', await written(NAME)], 'embedded');
    expect(said).to.include('set BURGERNET_SPEECH=natural and restart the service');
  });
});
