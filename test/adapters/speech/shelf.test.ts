import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createShelf } from '../../../src/adapters/speech/shelf.js';
import { prompt, recorded, rendered } from '../../../src/domain/messages.js';
import { inTempFolder, SOUNDS } from './sound-helpers.js';

describe('the shelf of sounds', () => {
  it('knows where a prompt lies, and how long it is', () => {
    const shelf = createShelf('/nowhere', new Map([['beep', join(SOUNDS, 'beep')]]));
    expect(shelf.pathOf(prompt('beep'))).to.equal(join(SOUNDS, 'beep'));
    expect(shelf.msOf(prompt('beep'))).to.equal(400);
  });

  it('takes a recording from where it was made, without its extension', async () => {
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

  it('says which sound is not there', () => {
    const shelf = createShelf('/nowhere', new Map());
    expect(() => shelf.pathOf(prompt('beep'))).to.throw('sound not there: beep');
    expect(() => shelf.msOf(rendered('0'.repeat(32)))).to.throw(`sound not there: ${'0'.repeat(32)}`);
  });
});
