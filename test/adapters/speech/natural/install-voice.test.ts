import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  installVoice,
  type Installed,
  type InstallOptions,
} from '../../../../src/adapters/speech/natural/install-voice.js';
import { listVoices, nameInUse } from '../../../../src/adapters/speech/natural/voice-files.js';
import { VoiceRefused } from '../../../../src/adapters/speech/natural/voice-refused.js';
import { createSoundWorker, type SoundWorker } from '../../../../src/adapters/speech/sound-worker.js';
import { echoModel, ECHO_RATE, piperSettings, writeVoice } from '../../../support/test-voices.js';
import { inTempFolder, quietLog } from '../sound-helpers.js';

const NAME = 'nl_NL-echo-medium';
const MODEL = echoModel();
const SUM = createHash('sha256').update(MODEL).digest('hex');

describe('the installation of a voice', function () {
  this.timeout(60_000);
  let worker: SoundWorker;
  before(() => {
    worker = createSoundWorker();
  });
  after(() => worker.close());

  const install = (voices: string, source: string, change: Partial<InstallOptions> = {}): Promise<Installed> =>
    installVoice({ voices, source, accept: false, worker, log: quietLog, now: new Date(), ...change });

  /** Everything in the voices folder, hidden files too. */
  const left = (voices: string): Promise<string[]> => readdir(voices).catch(() => []);

  const refusal = async (work: Promise<unknown>, voices: string): Promise<string> => {
    const error = await work.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).to.be.instanceOf(VoiceRefused);
    expect(await left(voices), 'left behind').to.deep.equal([]);
    return (error as VoiceRefused).message;
  };

  const inFolders = (work: (folder: string, voices: string) => Promise<void>): Promise<void> =>
    inTempFolder((folder) => work(folder, join(folder, 'voices')));

  it('puts a voice in place that spoke a sentence, and in use when it is the first', () =>
    inFolders(async (folder, voices) => {
      const source = await writeVoice(folder, NAME, MODEL);
      const { voice, trial, inUse, licence } = await install(voices, source, { sha256: SUM.toUpperCase() });
      expect(voice).to.include({ name: NAME, sha256: SUM, source });
      expect(licence).to.deep.equal({ text: 'CC0', use: 'free' });
      expect(trial.seconds).to.be.greaterThan(3);
      expect(inUse).to.equal(true);
      expect(await left(voices)).to.have.members([NAME, 'in-use']);
      expect(await readdir(join(voices, NAME))).to.have.members(['model.onnx', 'tokens.txt', 'voice.json']);
      expect((await listVoices(voices)).map(({ name }) => name)).to.deep.equal([NAME]);
    }));

  it('replaces a voice with the same name, and leaves the one in use in use', () =>
    inFolders(async (folder, voices) => {
      await install(voices, await writeVoice(folder, NAME, MODEL));
      await install(voices, await writeVoice(folder, 'nl_NL-two-low', MODEL));
      await install(
        voices,
        await writeVoice(folder, 'nl_NL-two-low', MODEL, piperSettings(ECHO_RATE, { dataset: 'new' })),
      );
      const datasets = (await listVoices(voices)).map(({ name, settings }) => [name, settings.dataset]);
      expect(datasets).to.deep.equal([
        [NAME, 'test'],
        ['nl_NL-two-low', 'new'],
      ]);
      expect(nameInUse(voices)).to.equal(NAME);
    }));

  const broken: readonly (readonly [what: string, model: Uint8Array | string, settings: string, reason: RegExp])[] = [
    ['a file that was cut short', MODEL.subarray(0, MODEL.length - 5000), piperSettings(ECHO_RATE), /not complete/],
    ['a web page', '<!doctype html><title>Sign in</title>', piperSettings(ECHO_RATE), /page of text/],
    ['a German voice', MODEL, piperSettings(ECHO_RATE, { espeak: { voice: 'de' } }), /speaks German/],
    ['settings that are a web page', MODEL, '<html>', /web page/],
    [
      'a voice without all phonemes of Dutch',
      MODEL,
      piperSettings(ECHO_RATE, {
        phoneme_id_map: Object.fromEntries(Array.from('_^$ abcdefghijklmnopqrs', (c, i) => [c, [i]])),
      }),
      /no phonemes for/,
    ],
    // The header of an ONNX file with a graph that has no nodes: the runtime ends its process on it.
    [
      'a model that the runtime cannot use',
      Buffer.from('08083a03120161420410 0f0a00'.replace(' ', ''), 'hex'),
      piperSettings(ECHO_RATE),
      /does not speak|ONNX/,
    ],
  ];
  for (const [what, model, settings, reason] of broken) {
    it(`refuses ${what}, and leaves nothing behind`, () =>
      inFolders(async (folder, voices) => {
        const source = await writeVoice(folder, NAME, typeof model === 'string' ? Buffer.from(model) : model, settings);
        expect(await refusal(install(voices, source), voices)).to.match(reason);
      }));
  }

  it('refuses another file than the expected one, and names its sum', () =>
    inFolders(async (folder, voices) => {
      const source = await writeVoice(folder, NAME, MODEL);
      expect(await refusal(install(voices, source, { sha256: '0'.repeat(64) }), voices)).to.include(SUM);
    }));

  it('refuses a file that is too large, is missing, has no settings, or has no name of a voice', () =>
    inFolders(async (folder, voices) => {
      const source = await writeVoice(folder, NAME, MODEL);
      const large = install(voices, source, { mostBytes: 100_000 });
      expect(await refusal(large, voices)).to.match(/larger than 0 MB/);
      expect(await refusal(install(voices, join(folder, 'none.onnx')), voices)).to.include('there is no file');
      await writeFile(join(folder, 'bare.onnx'), MODEL);
      expect(await refusal(install(voices, join(folder, 'bare.onnx')), voices)).to.include('bare.onnx.json');
      expect(await refusal(install(voices, join(folder, 'voice.zip')), voices)).to.include('.onnx file');
      const strange = await writeVoice(folder, 'a b', MODEL);
      expect(await refusal(install(voices, strange), voices)).to.include('"a b" cannot be the name');
    }));

  it('refuses a licence that limits the use, or is not known, unless it is accepted', () =>
    inFolders(async (folder, voices) => {
      const limited = await writeVoice(
        folder,
        'nl_NL-x-low',
        MODEL,
        piperSettings(ECHO_RATE, { license: 'CC BY-NC 4.0' }),
      );
      expect(await refusal(install(voices, limited), voices))
        .to.include('CC BY-NC 4.0')
        .and.include('--accept');
      const silent = await writeVoice(folder, 'nl_NL-y-low', MODEL, piperSettings(ECHO_RATE, { license: undefined }));
      expect(await refusal(install(voices, silent), voices))
        .to.include('not known')
        .and.include('--accept');
      await writeFile(join(folder, 'MODEL_CARD'), '* License: CC0\n\nFinetuned from U.S. English lessac voice.\n');
      expect(await refusal(install(voices, silent), voices)).to.include('lessac');
      const { licence } = await install(voices, silent, { accept: true });
      expect(licence.use).to.equal('restricted');
    }));

  it('removes what an installation of yesterday left behind, but not one that is going on', () =>
    inFolders(async (folder, voices) => {
      const [old, fresh] = [join(voices, '.new-old'), join(voices, '.new-fresh')];
      for (const draft of [old, fresh]) await mkdir(draft, { recursive: true });
      const yesterday = new Date(Date.now() - 25 * 3_600_000);
      await utimes(old, yesterday, yesterday);
      await install(voices, await writeVoice(folder, NAME, MODEL));
      expect(await left(voices)).to.have.members([NAME, 'in-use', '.new-fresh']);
    }));

  describe('from an address', () => {
    type Answers = Readonly<Record<string, (res: ServerResponse, req: IncomingMessage) => void>>;
    const files: Answers = {
      [`/v/${NAME}.onnx`]: (res) => res.end(MODEL),
      [`/v/${NAME}.onnx.json`]: (res) => res.end(piperSettings(ECHO_RATE)),
      '/v/MODEL_CARD': (res) => res.end('* License: CC0\n'),
    };
    const served = async (answers: Answers, work: (url: string, asked: string[]) => Promise<void>): Promise<void> => {
      const asked: string[] = [];
      const server = createServer((req, res) => {
        const { pathname } = new URL(req.url ?? '/', 'http://localhost');
        asked.push(req.url ?? '');
        const answer = answers[pathname];
        if (answer) answer(res, req);
        else res.writeHead(404).end('not here');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      try {
        await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
      } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    };

    it('downloads the model, its settings and its card', () =>
      inFolders((folder, voices) =>
        served(files, async (url, asked) => {
          const source = `${url}/v/${NAME}.onnx?download=true`;
          const { voice } = await install(voices, source, { sha256: SUM });
          expect(voice).to.include({ name: NAME, sha256: SUM, source });
          expect(asked).to.deep.equal([
            `/v/${NAME}.onnx.json?download=true`,
            '/v/MODEL_CARD?download=true',
            `/v/${NAME}.onnx?download=true`,
          ]);
        }),
      ));

    it('refuses an answer of 404, naming the address', () =>
      inFolders((_, voices) =>
        served({}, async (url) => {
          expect(await refusal(install(voices, `${url}/v/${NAME}.onnx`), voices)).to.include(
            `${NAME}.onnx.json answers 404`,
          );
        }),
      ));

    it('refuses a body that never ends, and one that stops coming', () =>
      inFolders((_, voices) => {
        const endless = (res: ServerResponse): void => {
          const more = (): void => {
            while (res.write(Buffer.alloc(65_536)));
            res.once('drain', more);
          };
          more();
        };
        const stalls = (res: ServerResponse): void => void res.write(MODEL.subarray(0, 1000));
        const model = `/v/${NAME}.onnx`;
        return served({ ...files, [model]: endless }, async (url) => {
          const most = { mostBytes: 5_000_000 };
          expect(await refusal(install(voices, `${url}${model}`, most), voices)).to.include('larger than 4 MB');
        }).then(() =>
          served({ ...files, [model]: stalls }, async (url) => {
            const soon = { silenceMs: 300 };
            expect(await refusal(install(voices, `${url}${model}`, soon), voices)).to.include('no data came');
          }),
        );
      }));

    it('refuses a size that is announced as too large before it takes a byte', () =>
      inFolders((_, voices) => {
        const huge = (res: ServerResponse): void => {
          res.writeHead(200, { 'content-length': String(10 ** 12) }).flushHeaders();
        };
        return served({ ...files, [`/v/${NAME}.onnx`]: huge }, async (url) => {
          expect(await refusal(install(voices, `${url}/v/${NAME}.onnx`), voices)).to.include('larger than 250 MB');
        });
      }));

    it('refuses an address without https, also after a redirect', () =>
      inFolders((_, voices) => {
        const away = (res: ServerResponse): void => void res.writeHead(302, { location: 'http://192.0.2.1/x' }).end();
        return served({ [`/v/${NAME}.onnx.json`]: away }, async (url) => {
          expect(await refusal(install(voices, `${url}/v/${NAME}.onnx`), voices)).to.include('https');
          expect(await refusal(install(voices, `http://192.0.2.1/${NAME}.onnx`), voices)).to.include('https');
        });
      }));

    it('stops when the operator stops it, and leaves nothing behind', () =>
      inFolders((_, voices) => {
        const stop = new AbortController();
        const stalls = (res: ServerResponse): void => {
          res.write(MODEL.subarray(0, 1000));
          stop.abort();
        };
        return served({ ...files, [`/v/${NAME}.onnx`]: stalls }, async (url) => {
          const error = await install(voices, `${url}/v/${NAME}.onnx`, { signal: stop.signal }).catch(
            (e: unknown) => e,
          );
          expect(error).to.have.property('name', 'AbortError');
          expect(await left(voices)).to.deep.equal([]);
        });
      }));
  });
});
