import { expect } from 'chai';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { commandEngine } from '../../../src/adapters/speech/command.js';
import { sayEngine } from '../../../src/adapters/speech/say.js';
import { openSpeech } from '../../../src/adapters/speech/open-speech.js';
import type { SpeechEngine } from '../../../src/adapters/speech/engine.js';
import { createSoundWorker } from '../../../src/adapters/speech/sound-worker.js';
import { SpeechError } from '../../../src/ports/speech.js';
import { ALL_SOUNDS, inTempFolder, quietLog, sine, wavOf } from './sound-helpers.js';

const worker = createSoundWorker();
const NODE = process.execPath;

async function failure(engine: SpeechEngine): Promise<string> {
  try {
    await engine.speak('goedemiddag');
  } catch (error) {
    expect(error).to.be.instanceOf(SpeechError);
    expect((error as SpeechError).code).to.equal('engine_failed');
    return (error as SpeechError).message;
  }
  throw new Error('it spoke');
}

/** Runs the work with a program called `say` first on the path. Without a script there is no such program. */
async function withSay<T>(script: string | undefined, work: () => Promise<T>): Promise<T> {
  return inTempFolder(async (folder) => {
    const wav = join(folder, 'tone.wav');
    await writeFile(wav, wavOf([sine(500, 32_000, 1)], 32_000, '32f'));
    if (script !== undefined) {
      await writeFile(join(folder, 'say'), `#!/bin/sh\n${script.replaceAll('WAV', wav)}\n`);
      await chmod(join(folder, 'say'), 0o755);
    }
    const path = process.env['PATH'];
    process.env['PATH'] = script === undefined ? folder : `${folder}${delimiter}${path}`;
    try {
      return await work();
    } finally {
      process.env['PATH'] = path;
    }
  });
}

describe('speech engines', function () {
  this.timeout(20_000);
  after(() => worker.close());

  describe('external command', () => {
    it('reads the text on its input and writes a wav to its output', async () => {
      await inTempFolder(async (folder) => {
        const wav = join(folder, 'tone.wav');
        await writeFile(wav, wavOf([sine(500, 22_050, 1)], 22_050, '16'));
        const script = `let t='';process.stdin.on('data',d=>t+=d).on('end',()=>{if(t!=='-n $(x) één "a"')process.exit(3);require('fs').createReadStream(${JSON.stringify(wav)}).pipe(process.stdout)})`;
        const { seconds } = await commandEngine([NODE, '-e', script], worker).speak('-n $(x) één "a"');
        expect(seconds).to.be.closeTo(1.1, 0.02);
      });
    });

    it('can write to a file instead', async () => {
      await inTempFolder(async (folder) => {
        const wav = join(folder, 'tone.wav');
        await writeFile(wav, wavOf([sine(500, 22_050, 1)], 22_050, '16'));
        const script = `process.stdin.resume().on('end',()=>require('fs').copyFileSync(${JSON.stringify(wav)}, process.argv[1]))`;
        const { seconds } = await commandEngine([NODE, '-e', script, '{file}'], worker).speak('hallo');
        expect(seconds).to.be.closeTo(1.1, 0.02);
      });
    });

    it('runs at most two programs at the same time', async () => {
      await inTempFolder(async (folder) => {
        const wav = join(folder, 'tone.wav');
        await writeFile(wav, wavOf([sine(500, 8_000, 1)], 8_000, '16'));
        // The program says how many programs it saw. A file stands for each of them.
        const script = `const fs=require('fs');const own=${JSON.stringify(folder)}+'/run-'+process.pid;fs.writeFileSync(own,'');
          process.stdin.resume().on('end',()=>setTimeout(()=>{
            const n=fs.readdirSync(${JSON.stringify(folder)}).filter(f=>f.startsWith('run-')).length;
            fs.appendFileSync(${JSON.stringify(join(folder, 'seen'))},n+'\\n');fs.rmSync(own);
            fs.createReadStream(${JSON.stringify(wav)}).pipe(process.stdout)},100))`;
        const engine = commandEngine([NODE, '-e', script], worker);
        await Promise.all(Array.from({ length: 8 }, () => engine.speak('hallo')));
        const seen = (await readFile(join(folder, 'seen'), 'utf8')).trim().split('\n').map(Number);
        expect(seen).to.have.length(8);
        expect(Math.max(...seen)).to.equal(2);
      });
    });

    it('ends its programs when it is closed', async () => {
      const stop = new AbortController();
      const engine = commandEngine([NODE, '-e', 'setInterval(()=>{},1000)'], worker, { signal: stop.signal });
      const spoken = failure(engine);
      stop.abort();
      expect(await spoken).to.match(/SIGKILL|closed/);
      expect(await failure(engine)).to.match(/closed/);
    });

    it('fails without a crash when the program does not exist', async () => {
      expect(await failure(commandEngine(['/nowhere/speaks'], worker))).to.match(/cannot be run/);
      expect(await commandEngine(['/nowhere/speaks'], worker).available()).to.equal(false);
    });

    it('fails when the program fails, writes nothing, or never ends', async () => {
      expect(await failure(commandEngine([NODE, '-e', 'process.exit(7)'], worker))).to.match(/exit code 7/);
      expect(await failure(commandEngine([NODE, '-e', '', '{file}'], worker))).to.match(/no file/);
      expect(await failure(commandEngine([NODE, '-e', 'setInterval(()=>{},1000)'], worker, { timeMs: 300 }))).to.match(
        /longer than/,
      );
      const silent = await commandEngine([NODE, '-e', ''], worker)
        .speak('x')
        .catch((error: unknown) => error);
      expect(silent).to.be.instanceOf(SpeechError).with.property('code', 'engine_failed');
    });

    it('leaves "auto" with the embedded engine when the command fails', async () => {
      await inTempFolder(async (folder) => {
        const opened = await openSpeech({
          folder,
          soundsFolder: ALL_SOUNDS,
          voices: join(folder, 'voices'),
          engine: 'auto',
          command: ['/nowhere/speaks'],
          tipLine: '0800-0011',
          log: quietLog,
        });
        await opened.speech.render('Let op.');
        expect(opened.speech.engine).to.match(/embedded/);
        await opened.close();
      });
    });
  });

  describe('program of the system', () => {
    const engine = (): SpeechEngine => sayEngine(worker, { platform: 'darwin', timeMs: 2000 });
    const copy = 'while [ "$1" != "-o" ]; do shift; done; cp WAV "$2"';

    it('speaks through a file', () =>
      withSay(copy, async () => expect((await engine().speak('hallo')).seconds).to.be.closeTo(1.1, 0.02)));

    it('never treats a text as an option', () =>
      withSay(`[ "$3" = " -f /etc/passwd" ] || exit 4; ${copy}`, async () => {
        expect((await engine().speak('-f /etc/passwd')).seconds).to.be.above(1);
      }));

    it('works with a program that prints a warning', () =>
      withSay(`echo warning >&2; ${copy}`, async () => expect(await engine().available()).to.equal(true)));

    it('speaks several texts one after another', () =>
      withSay(copy, async () => {
        const one = engine();
        const all = await Promise.all(['a', 'b', 'c'].map((text) => one.speak(text)));
        expect(all.every(({ seconds }) => seconds > 1)).to.equal(true);
      }));

    it('fails without a crash when the program is missing', () =>
      withSay(undefined, async () => expect(await failure(engine())).to.match(/cannot be run/)));

    it('fails when the program ends with an error', () =>
      withSay('exit 1', async () => expect(await failure(engine())).to.match(/exit code 1/)));

    it('fails when the program writes nothing or hangs', async () => {
      await withSay('exit 0', async () => expect(await failure(engine())).to.match(/no file/));
      await withSay('exec sleep 30', async () => expect(await failure(engine())).to.match(/longer than/));
    });

    it('cannot write files on Linux, and says so', async () => {
      expect(await failure(sayEngine(worker, { platform: 'linux' }))).to.match(/macOS and Windows/);
    });
  });
});
