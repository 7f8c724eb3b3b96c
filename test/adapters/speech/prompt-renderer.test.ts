import { expect } from 'chai';
import { once } from 'node:events';
import { open as openFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { readManifest } from '../../../src/adapters/speech/manifest.js';
import { fillNamedPrompts, NAMED_PROMPTS } from '../../../src/adapters/speech/named-prompts.js';
import { openSpeech, type OpenedSpeech, type SpeechOptions } from '../../../src/adapters/speech/open-speech.js';
import { inLanguage, prompt, PROMPTS } from '../../../src/domain/messages.js';
import { eventually } from '../../telephone/support/eventually.js';
import { ALL_SOUNDS, inTempFolder, quietLog, sine, SOUNDS, wavOf } from './sound-helpers.js';

/**
 * A voice that speaks when the test says so: its program connects to the test, tells its text, and waits for
 * the answer, `speak` or `fail`.
 */
class HeldVoice {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #asked: { readonly text: string; readonly answer: (word: 'speak' | 'fail') => void }[] = [];
  #waiting: (() => void) | undefined;
  mostAtOnce = 0;
  #atOnce = 0;

  private constructor(
    server: Server,
    readonly command: readonly string[],
  ) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#atOnce += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
      socket.on('error', () => undefined);
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#atOnce -= 1;
      });
      socket.once('data', (text) => {
        this.#asked.push({ text: text.toString(), answer: (word) => socket.end(word) });
        this.#waiting?.();
      });
    });
  }

  static async in(folder: string): Promise<HeldVoice> {
    const wav = join(folder, 'voice.wav');
    await writeFile(wav, wavOf([sine(700, 8_000, 0.6)], 8_000, '16'));
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const script = `let t='';process.stdin.on('data',d=>t+=d).on('end',()=>{
      const s=require('net').connect(${port},'127.0.0.1',()=>s.write(t));
      s.on('data',d=>{ if(String(d)==='fail') process.exit(3);
        require('fs').createReadStream(${JSON.stringify(wav)}).pipe(process.stdout) })})`;
    return new HeldVoice(server, [process.execPath, '-e', script]);
  }

  /** The next text that the voice is asked to speak, which then waits for the answer. */
  async asked(): Promise<{ readonly text: string; readonly answer: (word: 'speak' | 'fail') => void }> {
    for (;;) {
      const next = this.#asked.shift();
      if (next) return next;
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function withVoice(
  work: (
    voice: HeldVoice,
    open: (change?: Partial<SpeechOptions>) => Promise<OpenedSpeech>,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    const voice = await HeldVoice.in(folder);
    const opened: OpenedSpeech[] = [];
    try {
      const open = async (change: Partial<SpeechOptions> = {}): Promise<OpenedSpeech> => {
        const speech = await openSpeech({
          folder: join(folder, 'sounds'),
          namedFolder: join(folder, 'sounds', 'named'),
          soundsFolder: ALL_SOUNDS,
          voices: join(folder, 'voices'),
          engine: 'command',
          command: voice.command,
          tipLine: '08000011',
          log: quietLog,
          ...change,
        });
        opened.push(speech);
        return speech;
      };
      await work(voice, open, folder);
    } finally {
      for (const speech of opened) await speech.close();
      voice.close();
    }
  });
}

const committed = (name: string): string => join(SOUNDS, name);

describe('prompts in the voice of the setting', function () {
  this.timeout(60_000);

  it('does not let the start wait for a slow voice: the committed sounds play first', () =>
    withVoice(async (_, open) => {
      const { speech, soundFiles } = await open();
      for (const name of PROMPTS) expect(soundFiles.pathOf(prompt(name))).to.equal(committed(name));
      const { all, rendered, blockedBy } = speech.prompts;
      expect({ rendered, blockedBy }).to.deep.equal({ rendered: 0, blockedBy: '' });
      const { prompts } = await readManifest(SOUNDS);
      expect(all).to.equal(PROMPTS.filter((name) => prompts[name].text !== '').length);
    }));

  it('does not let the start wait while `auto` tries the voice', () =>
    withVoice(async (voice, open) => {
      const { speech } = await open({ engine: 'auto' });
      expect(speech.engine).to.equal('auto');
      expect(await speech.healthy()).to.equal(true);
      (await voice.asked()).answer('speak');
      const rendered = speech.render('Let op.');
      (await voice.asked()).answer('speak');
      await rendered;
      expect(speech.engine).to.match(/^command /);
    }));

  it('replaces the prompts one at a time, in order, each as soon as it is ready', () =>
    withVoice(async (voice, open) => {
      const opened = await open();
      opened.renderPrompts();
      const first = await voice.asked();
      expect(first.text).to.match(/^Dit is Burgernet, met een dringend bericht/);
      expect(opened.speech.prompts.rendered).to.equal(0);
      first.answer('speak');
      const second = await voice.asked();
      expect(opened.soundFiles.pathOf(prompt('alert-prompt'))).not.to.equal(committed('alert-prompt'));
      expect(opened.soundFiles.msOf(prompt('alert-prompt'))).to.be.closeTo(700, 10);
      expect(opened.soundFiles.pathOf(prompt('update-prompt'))).to.equal(committed('update-prompt'));
      expect(opened.speech.prompts.rendered).to.equal(1);
      second.answer('speak');
      await voice.asked();
      expect(voice.mostAtOnce).to.equal(1);
    }));

  it('leaves room for a message while prompts are rendered', () =>
    withVoice(async (voice, open) => {
      const opened = await open();
      opened.renderPrompts();
      await voice.asked();
      const message = opened.speech.render('Let op een rode auto.');
      const { text, answer } = await voice.asked();
      expect(text).to.match(/rode auto/);
      answer('speak');
      expect((await message).seconds).to.be.closeTo(0.7, 0.01);
    }));

  it('tries a voice that fails again later, and plays the earlier sounds until then', () =>
    withVoice(async (voice, open) => {
      const opened = await open({ retryMs: 50 });
      opened.renderPrompts();
      for (let i = 0; i < 3; i += 1) (await voice.asked()).answer('fail');
      const again = await voice.asked();
      expect(opened.speech.prompts.rendered).to.equal(0);
      expect(opened.speech.prompts.blockedBy).to.match(/exit code 3/);
      expect(opened.soundFiles.pathOf(prompt('alert-prompt'))).to.equal(committed('alert-prompt'));
      again.answer('speak');
      (await voice.asked()).answer('speak');
      expect(opened.speech.prompts).to.deep.include({ rendered: 1, blockedBy: '' });
    }));

  it('tries again at once when it is asked to, such as after a change of the voice', () =>
    withVoice(async (voice, open) => {
      const opened = await open();
      opened.renderPrompts();
      for (let i = 0; i < 3; i += 1) (await voice.asked()).answer('fail');
      await eventually(() => opened.speech.prompts.blockedBy || undefined, 10_000, 'the third failure');
      opened.renderPrompts();
      await voice.asked();
    }));

  it('speaks with the embedded voice first when the settings change the words', () =>
    withVoice(async (voice, open) => {
      const { soundFiles } = await open({ tipLine: '0800-1234' });
      expect(soundFiles.pathOf(prompt('ending'))).not.to.equal(committed('ending'));
      expect(soundFiles.msOf(prompt('ending'))).to.be.above(5_000);
      expect(soundFiles.pathOf(prompt('thanks'))).to.equal(committed('thanks'));
      expect(voice.mostAtOnce).to.equal(0);
    }));

  it('uses the sounds of the voice at once after a restart', () =>
    withVoice(async (voice, open) => {
      const before = await open();
      before.renderPrompts();
      (await voice.asked()).answer('speak');
      await voice.asked();
      const place = before.soundFiles.pathOf(prompt('alert-prompt'));
      await before.close();
      const after = await open();
      expect(after.soundFiles.pathOf(prompt('alert-prompt'))).to.equal(place);
      expect(after.speech.prompts.rendered).to.equal(1);
      const back = await open({ engine: 'embedded' });
      expect(back.soundFiles.pathOf(prompt('alert-prompt'))).to.equal(committed('alert-prompt'));
      expect(back.speech.prompts.rendered).to.equal(back.speech.prompts.all);
    }));

  it('ends the program of the voice when it is closed', () =>
    withVoice(async (voice, open) => {
      const opened = await open();
      opened.renderPrompts();
      await voice.asked();
      await opened.close();
      expect(opened.speech.prompts.rendered).to.equal(0);
    }));

  it('speaks English in the background when the settings change the words', () =>
    withVoice(async (_, open) => {
      const opened = await open({ engine: 'embedded', tipLine: '0800-1234' });
      const ending = inLanguage('en', prompt('ending'));
      expect(() => opened.soundFiles.pathOf(ending)).to.throw('sound not found');
      opened.renderPrompts();
      const place = await eventually(
        () => {
          try {
            return opened.soundFiles.pathOf(ending);
          } catch {
            return undefined;
          }
        },
        30_000,
        'the English ending',
      );
      expect(place).not.to.match(/sounds\/en\//);
    }));

  it('has English prompts, which the Dutch voice of the setting does not speak', () =>
    withVoice(async (_, open) => {
      const { soundFiles } = await open();
      const english = inLanguage('en', prompt('thanks'));
      expect(soundFiles.pathOf(english)).to.equal(join(ALL_SOUNDS, 'en', 'thanks'));
      expect(soundFiles.msOf(english)).not.to.equal(soundFiles.msOf(prompt('thanks')));
    }));
});

describe('the prompts that Asterisk plays by name', function () {
  this.timeout(30_000);
  const CONFIG = join(import.meta.dirname, '../../../asterisk-config');

  it('are exactly those that its configuration names', async () => {
    const names = new Set<string>();
    for (const file of await readdir(CONFIG)) {
      const text = await readFile(join(CONFIG, file), 'utf8');
      for (const [, name = ''] of text.matchAll(/\{\{soundsDir\}\}\/([\w-]+)/g)) names.add(name);
    }
    // Pauses are made of silence, in the rendered configuration (config-values.ts).
    for (const name of ['silence', 'silence-4', 'silence-5']) names.add(name);
    expect([...names].toSorted()).to.deep.equal([...NAMED_PROMPTS].toSorted());
  });

  it('lie in their folder before Asterisk starts, and change with the voice', () =>
    withVoice(async (voice, open, folder) => {
      const named = (name: string): string => join(folder, 'sounds', 'named', `${name}.alaw`);
      const opened = await open();
      for (const name of NAMED_PROMPTS)
        expect((await readFile(named(name))).equals(await readFile(`${committed(name)}.alaw`)), name).to.equal(true);
      // A call that plays the sound now has the file open.
      const playing = await openFile(named('thanks'));
      try {
        opened.renderPrompts();
        let next = await voice.asked();
        while (opened.soundFiles.pathOf(prompt('thanks')) === committed('thanks')) {
          next.answer('speak');
          next = await voice.asked();
        }
        const fresh = await readFile(`${opened.soundFiles.pathOf(prompt('thanks'))}.alaw`);
        expect((await readFile(named('thanks'))).equals(fresh)).to.equal(true);
        expect((await readFile(named('tip-down'))).equals(await readFile(`${committed('tip-down')}.alaw`))).to.equal(
          true,
        );
        expect((await playing.readFile()).equals(await readFile(`${committed('thanks')}.alaw`))).to.equal(true);
      } finally {
        await playing.close();
      }
    }));

  it('are put into a new folder without a change of those that lie there', async () => {
    await inTempFolder(async (folder) => {
      await fillNamedPrompts(folder, SOUNDS);
      await writeFile(join(folder, 'thanks.alaw'), 'another voice');
      await rm(join(folder, 'beep.alaw'));
      await fillNamedPrompts(folder, SOUNDS);
      expect(await readFile(join(folder, 'thanks.alaw'), 'utf8')).to.equal('another voice');
      expect((await readFile(join(folder, 'beep.alaw'))).equals(await readFile(`${committed('beep')}.alaw`))).to.equal(
        true,
      );
      expect((await readdir(folder)).length).to.equal(NAMED_PROMPTS.length * 3);
    });
  });
});
