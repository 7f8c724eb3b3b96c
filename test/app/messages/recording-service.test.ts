import { expect } from 'chai';
import { RecordingService } from '../../../src/app/messages/recording-service.js';
import { SpeechError, type Speech } from '../../../src/ports/speech.js';
import { ControlRoom, fakeSpeech } from '../../support/control-room.js';

describe('a message that a centralist speaks in a call', () => {
  let room: ControlRoom;
  const files = new Map([['spoken-1.wav', Buffer.from('what was said')]]);

  const keep = (importWav: Speech['importWav'], name = 'spoken-1'): ReturnType<RecordingService['keepSpoken']> => {
    const service = new RecordingService({
      recordings: room.stores.recordings,
      speech: { ...fakeSpeech, importWav },
      soundFiles: { pathOf: () => '', msOf: () => 0, wavOf: () => Promise.resolve(undefined) },
      clock: room.clock,
      readFile: (file) => Promise.resolve(files.get(file)),
    });
    return service.keepSpoken({ name, file: '', ms: 4_000 }, 1.5);
  };
  const imports = (seconds: number) => () => Promise.resolve({ soundId: 'sound', seconds });
  const refuses = (code: SpeechError['code']) => () => Promise.reject(new SpeechError(code, 'no'));

  beforeEach(() => {
    room = new ControlRoom();
  });

  afterEach(() => {
    room.close();
  });

  it('is stored as a playable recording', async () => {
    const kept = await keep(imports(3.2));
    expect(kept).to.deep.equal({ id: 1, soundId: 'sound' });
    expect(room.stores.recordings.get(1)).to.include({ type: 'message', soundId: 'sound', seconds: 3.2, file: null });
  });

  it('is not stored when it is too short or silent', async () => {
    expect(await keep(imports(1.4))).to.equal(undefined);
    for (const code of ['silent', 'not_a_wav', 'too_long'] as const)
      expect(await keep(refuses(code)), code).to.equal(undefined);
    expect(room.stores.recordings.get(1)).to.equal(undefined);
  });

  it('fails when its file is missing or the speech engine fails', async () => {
    const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);
    expect(await failure(keep(imports(3), 'nothing'))).to.be.instanceOf(Error);
    expect(await failure(keep(refuses('engine_failed')))).to.be.instanceOf(SpeechError);
  });
});
