import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fitsLockfile, hashOf, isStamped, writeStamp } from '../../scripts/lib/stamp.mjs';

describe('the stamp of the sources from which something was made', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'burgernet-stamp-'));
    mkdirSync(join(folder, 'src/deep'), { recursive: true });
    writeFileSync(join(folder, 'src/a.ts'), 'a');
    writeFileSync(join(folder, 'src/deep/b.ts'), 'b');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('matches until a file changes', () => {
    const stamp = join(folder, 'stamp');
    const hash = hashOf(folder, ['src']);
    expect(isStamped(stamp, hash)).to.equal(false);
    writeStamp(stamp, hash);
    expect(isStamped(stamp, hashOf(folder, ['src']))).to.equal(true);
    writeFileSync(join(folder, 'src/deep/b.ts'), 'c');
    expect(isStamped(stamp, hashOf(folder, ['src']))).to.equal(false);
  });

  it('detects a file that is added, and text that moves from one file to the next', () => {
    const before = hashOf(folder, ['src']);
    writeFileSync(join(folder, 'src/a.ts'), 'ab');
    writeFileSync(join(folder, 'src/deep/b.ts'), '');
    const moved = hashOf(folder, ['src']);
    writeFileSync(join(folder, 'src/deep/c.ts'), '');
    const added = hashOf(folder, ['src']);
    expect(new Set([before, moved, added]).size).to.equal(3);
  });

  it('counts plain words, and tells a missing file from an empty one', () => {
    expect(hashOf(folder, ['src'], ['115'])).to.not.equal(hashOf(folder, ['src'], ['127']));
    const missing = hashOf(folder, ['package-lock.json']);
    writeFileSync(join(folder, 'package-lock.json'), '');
    expect(hashOf(folder, ['package-lock.json'])).to.not.equal(missing);
  });
});

describe('the check of node_modules against package-lock.json', () => {
  const lockfile = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/for-another-system': { version: '2.0.0', optional: true },
    },
  };

  it('accepts a missing optional package', () => {
    expect(fitsLockfile(lockfile, { packages: { 'node_modules/a': { version: '1.0.0' } } })).to.equal(true);
  });

  it('refuses a package that is missing, has another version, or is not in the lockfile', () => {
    expect(fitsLockfile(lockfile, {})).to.equal(false);
    expect(fitsLockfile(lockfile, { packages: { 'node_modules/a': { version: '1.0.1' } } })).to.equal(false);
    const tooMany = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } };
    expect(fitsLockfile(lockfile, { packages: tooMany })).to.equal(false);
  });
});
