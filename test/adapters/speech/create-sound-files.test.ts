import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSoundFiles } from '../../../src/adapters/speech/create-sound-files.js';
import { prompt, recorded, rendered } from '../../../src/domain/messages.js';
import { inTempFolder, SOUNDS } from './sound-helpers.js';

describe('sounds on disk', () => {
  it('gives the path and the length of a prompt', () => {
    const soundFiles = createSoundFiles('/nowhere', ({ name }) => join(SOUNDS, name));
    expect(soundFiles.pathOf(prompt('beep'))).to.equal(join(SOUNDS, 'beep'));
    expect(soundFiles.msOf(prompt('beep'))).to.equal(400);
  });

  it('gives the path of a recording without its extension', async () => {
    await inTempFolder(async (folder) => {
      const file = join(folder, 'desk-1.wav');
      await writeFile(file, 'RIFF');
      const soundFiles = createSoundFiles(folder, () => undefined);
      const sound = recorded({ file, ms: 2_500 });
      expect(soundFiles.pathOf(sound)).to.equal(join(folder, 'desk-1'));
      expect(soundFiles.msOf(sound)).to.equal(2_500);
      expect(Buffer.from((await soundFiles.wavOf(sound))!).toString()).to.equal('RIFF');
    });
  });

  it('names a missing sound', () => {
    const soundFiles = createSoundFiles('/nowhere', () => undefined);
    expect(() => soundFiles.pathOf(prompt('beep'))).to.throw('sound not found: beep');
    expect(() => soundFiles.msOf(rendered('0'.repeat(32)))).to.throw(`sound not found: ${'0'.repeat(32)}`);
  });
});
