import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createShelf } from '../../../src/adapters/speech/shelf.js';
import { prompt, recorded, rendered } from '../../../src/domain/messages.js';
import { inTempFolder, SOUNDS } from './sound-helpers.js';

describe('the store of sounds on disk', () => {
  it('gives the path and the length of a prompt', () => {
    const shelf = createShelf('/nowhere', new Map([['beep', join(SOUNDS, 'beep')]]));
    expect(shelf.pathOf(prompt('beep'))).to.equal(join(SOUNDS, 'beep'));
    expect(shelf.msOf(prompt('beep'))).to.equal(400);
  });

  it('gives the path of a recording without its extension', async () => {
    await inTempFolder(async (folder) => {
      const file = join(folder, 'desk-1.wav');
      await writeFile(file, 'RIFF');
      const shelf = createShelf(folder, new Map());
      const sound = recorded({ file, ms: 2_500 });
      expect(shelf.pathOf(sound)).to.equal(join(folder, 'desk-1'));
      expect(shelf.msOf(sound)).to.equal(2_500);
      expect(Buffer.from((await shelf.wavOf(sound))!).toString()).to.equal('RIFF');
    });
  });

  it('names a missing sound', () => {
    const shelf = createShelf('/nowhere', new Map());
    expect(() => shelf.pathOf(prompt('beep'))).to.throw('sound not found: beep');
    expect(() => shelf.msOf(rendered('0'.repeat(32)))).to.throw(`sound not found: ${'0'.repeat(32)}`);
  });
});
