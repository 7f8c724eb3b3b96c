import { expect } from 'chai';
import { mkdtemp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderConfig } from '../../../../src/adapters/asterisk/process/config-files.js';

describe('rendered configuration of Asterisk', () => {
  let folder: string;
  let templates: string;
  let target: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'burgernet-config-'));
    templates = join(folder, 'templates');
    target = join(folder, 'etc');
    await mkdir(templates);
    await writeFile(join(templates, 'ari.conf'), 'user={{user}}\npassword={{password}}\nagain={{user}}\n');
    await writeFile(join(templates, 'rtp.conf'), 'rtpstart=20000 ; ${NOT_OURS} {{ nor this }}\n');
    await writeFile(join(templates, 'notes.txt'), '{{nobody}}');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('consists of the templates with the values filled in', async () => {
    await renderConfig(templates, target, { user: 'burgernet', password: 'p$&w', unused: 'x' });
    expect((await readdir(target)).toSorted()).to.deep.equal(['ari.conf', 'rtp.conf']);
    expect(await readFile(join(target, 'ari.conf'), 'utf8')).to.equal(
      'user=burgernet\npassword=p$&w\nagain=burgernet\n',
    );
    expect(await readFile(join(target, 'rtp.conf'), 'utf8')).to.equal('rtpstart=20000 ; ${NOT_OURS} {{ nor this }}\n');
  });

  it('can be read by its owner only, because it contains secrets', async () => {
    await mkdir(target, { mode: 0o755 });
    await renderConfig(templates, target, { user: 'a', password: 'b' });
    expect((await stat(target)).mode & 0o777).to.equal(0o700);
    for (const name of await readdir(target)) {
      expect((await stat(join(target, name))).mode & 0o777, name).to.equal(0o600);
    }
  });

  it('is not written when a value is missing, and the error names the file and the value', async () => {
    const error = await renderConfig(templates, target, { user: 'a' }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
    expect((error as Error).message)
      .to.contain('ari.conf')
      .and.to.contain('{{password}}');
    expect(await readdir(folder)).to.deep.equal(['templates']);
  });

  it('has a hash that changes only with its text', async () => {
    const first = await renderConfig(templates, target, { user: 'a', password: 'b' });
    expect(await renderConfig(templates, target, { user: 'a', password: 'b', unused: 'c' })).to.equal(first);
    expect(await renderConfig(templates, target, { user: 'a', password: 'c' })).not.to.equal(first);
  });
});
