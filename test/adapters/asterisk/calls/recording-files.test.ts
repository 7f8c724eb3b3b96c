import { expect } from 'chai';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { offlineRecordings } from '../../../../src/adapters/asterisk/calls/recording-files.js';

describe('recordings that were made while the controller was down', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'burgernet-recordings-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are read without one that somebody removes meanwhile', async () => {
    await writeFile(join(folder, 'left-1700000000000-call.1-0612345678.wav'), new Uint8Array(44 + 16_000));
    // A link to a file that does not exist is in the list of the folder, and cannot be read.
    await symlink(join(folder, 'gone'), join(folder, 'left-1700000000001-call.2-withheld.wav'));
    const found = await offlineRecordings(folder, () => false);
    expect(found.map(({ callId, from, ms }) => [callId, from, ms])).to.deep.equal([['call.1', '0612345678', 1_000]]);
  });

  it('are none when the folder does not exist', async () => {
    expect(await offlineRecordings(join(folder, 'none'), () => false)).to.deep.equal([]);
  });
});
