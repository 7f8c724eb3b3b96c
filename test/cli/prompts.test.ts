import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neededFor, type PromptSet } from '../../src/domain/prompts/sentences.js';
import { secondsToSay } from '../../src/domain/prompts/take-check.js';
import { startHarness, TOKEN, type Harness } from '../adapters/http/harness.js';
import { memoryWav } from '../support/memory-prompts.js';
import { burgernetHere, type Ran } from './burgernet.js';

describe('burgernet prompts', function () {
  this.timeout(30_000);
  let http: Harness;
  let folder: string;
  beforeEach(async () => {
    http = await startHarness();
    folder = mkdtempSync(join(tmpdir(), 'burgernet-prompts-'));
  });
  afterEach(async () => {
    await http.close();
    rmSync(folder, { recursive: true });
  });

  const run = (...args: string[]): Promise<Ran> => burgernetHere(['prompts', ...args], { url: http.url, token: TOKEN });
  const sentences = () => http.services.recordedPrompts.script.sentences;
  const readers = () => http.services.recordedPrompts.takes.readers;
  const write = (name: string, content: Buffer): void => writeFileSync(join(folder, name), content);
  const record = (names: Iterable<string>): void => {
    for (const name of names) {
      const { text } = sentences().find((sentence) => sentence.name === name)!;
      write(`${name}.wav`, memoryWav({ seconds: secondsToSay(text) }));
    }
  };
  const namesOf = (set: PromptSet): ReadonlySet<string> => {
    const { texts, words } = http.services.recordedPrompts.script;
    return neededFor(set, texts, words);
  };

  describe('script', () => {
    it('prints every sentence with its number, file name and length, without the service', async () => {
      await http.close();
      const { code, out } = await run('script');
      expect(code).to.equal(0);
      const lines = out.split('\n');
      for (const { name, number, text } of sentences())
        expect(
          lines.some((line) => line.includes(` ${number}  ${name} `) && line.endsWith(text)),
          name,
        ).to.equal(true);
      expect(out).to.match(/\d+ sentences, about \d+ minutes of speech/);
      expect(out).not.to.match(/\{\w+\}/);
      http = await startHarness();
    });

    it('makes a page to print', async () => {
      const page = join(folder, 'zinnen.html');
      expect((await run('script', '--html', page)).out).to.include(`in ${page}`);
      const html = readFileSync(page, 'utf8');
      expect(html).to.include('@page { size: A4').and.to.include('<code>ending.1.wav</code>');
      expect(html.match(/<li value=/g)).to.have.length(sentences().length);
      const nowhere = await run('script', '--html', join(folder, 'no', 'such.html'));
      expect(nowhere).to.include({ code: 1 });
    });
  });

  describe('import', () => {
    it('plays the prompts from a folder with every sentence', async () => {
      record(sentences().map(({ name }) => name));
      write('notities.txt', Buffer.from('mijn notities'));
      const { code, err, out } = await run('import', folder, '--reader', 'Anna');
      expect(err).to.equal('');
      expect(code).to.equal(0);
      expect(out).to.include(`${sentences().length} recordings of Anna are kept`);
      expect(out).to.match(/alert call +spoken by Anna\n/);
      expect(Object.keys(readers()['Anna'] ?? {})).to.have.length(sentences().length);
    });

    it('imports nothing when a sentence is missing, and names it', async () => {
      record(sentences().map(({ name }) => name));
      rmSync(join(folder, 'thanks.wav'));
      const { code, err } = await run('import', folder);
      expect(code).to.equal(1);
      expect(err).to.include('thanks: is missing: Dank u wel').and.to.include('--partial');
      expect(readers()).to.deep.equal({});
    });

    it('keeps a part with --partial, and plays the sets that are complete', async () => {
      record([...namesOf('alert'), 'tip-connecting']);
      const { code, out } = await run('import', folder, '--partial', '--reader', 'Anna');
      expect(code).to.equal(0);
      expect(out).to.match(/alert call +spoken by Anna\n/);
      expect(out).to.match(/tip line +spoken by the engine; 11 of \d+ recorded by Anna, missing: tip-/);
      expect(out).to.match(/calls of centralists +spoken by the engine\n/);
    });

    it('tells of every file that cannot be used, and imports nothing', async () => {
      record(['thanks', 'digit-1']);
      write('tanks.wav', memoryWav());
      write('Digit_2.wav', memoryWav());
      write('vakantie.wav', memoryWav());
      write('ending.1.wav', memoryWav({ seconds: 30 }));
      write('ending.2.wav', memoryWav({ seconds: 8, aboveNoise: 3 }));
      write('closing-thanks.wav', Buffer.from('MP3'));
      const { code, err } = await run('import', folder, '--partial');
      expect(code).to.equal(1);
      expect(err).to.include('tanks.wav is no sentence of the list; is it thanks.wav');
      expect(err).to.include('Digit_2.wav is no sentence of the list; is it digit-2.wav');
      expect(err).to.include('vakantie.wav is no sentence of the list\n');
      expect(err).to.include('ending.1.wav is too long for its text');
      expect(err).to.include('ending.2.wav has too much noise');
      expect(err).to.include('closing-thanks.wav This is not a wav file.');
      expect(err).to.include('nothing was imported');
      expect(readers()).to.deep.equal({});
    });

    it('refuses a folder without a wav, or that is no folder', async () => {
      mkdirSync(join(folder, 'empty'));
      expect((await run('import', join(folder, 'empty'))).err).to.include('has no wav file');
      expect((await run('import', join(folder, 'nothing'))).err).to.include('cannot be read');
    });
  });

  it('lists what is recorded by whom', async () => {
    record(['thanks']);
    await run('import', folder, '--partial', '--reader', 'Anna');
    const { out } = await run('list');
    expect(out).to.match(/thanks +Anna +Dank u wel/);
    expect(out).to.match(/closing-thanks +- +Dank u wel/);
    expect(out).to.match(/alert call +spoken by the engine; 1 of \d+ recorded by Anna/);
  });

  it('forgets the recordings of a reader, after a question', async () => {
    record(['thanks']);
    await run('import', folder, '--partial', '--reader', 'Anna');
    expect((await run('reset', '--reader', 'Anna')).err).to.include('--yes');
    expect((await run('reset', '--reader', 'Anna', '--yes')).out).to.include('forgotten: the recordings of Anna');
    expect(readers()).to.deep.equal({});
    expect((await run('list')).out).to.match(/alert call +spoken by the engine\n/);
  });
});
