import { expect } from 'chai';
import { filesBelow, textOf } from './files.js';

/** Folders of one machine and hosts of one registry. A clone of the repository has neither. */
const ONE_MACHINE: readonly RegExp[] = [
  // Written in pieces, so that the test does not find its own file.
  new RegExp(`(?<![\\w.~\\-}])/${'work'}/`),
  new RegExp(`(?<![\\w.~\\-}])/${'root'}/`),
  new RegExp(`${'registry'}\\.npmjs`),
  new RegExp(`${'deb'}\\.debian\\.org`),
];

/** Lines of a text that name a folder of one machine or the host of a registry. */
function machineWords(path: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const pattern = ONE_MACHINE.find((candidate) => candidate.test(line));
    return pattern ? [`${path}:${index + 1} ${pattern.source}`] : [];
  });
}

describe('the repository stands alone', () => {
  /** Folders and files that are not part of the repository: `.git` and everything that Git ignores. */
  function ignoredFolders(): Set<string> {
    const lines = textOf('.gitignore').split('\n');
    return new Set(['.git', ...lines.map((line) => line.trim().replace(/^\/|\/$/g, '')).filter((line) => line !== '')]);
  }

  it('no file names a folder of one machine or the host of a registry', () => {
    const ignored = ignoredFolders();
    const files = filesBelow('', (folder) => !ignored.has(folder)).filter((path) => !ignored.has(path));
    expect(files).to.include.members(['package.json', 'src/domain/glossary.ts', 'test/house/prose.test.ts']);
    const problems = files.flatMap((path) => {
      const text = textOf(path);
      return text.includes('\0') ? [] : machineWords(path, text);
    });
    expect(problems).to.deep.equal([]);
  });

  for (const line of [
    `cd /${'work'}/burgernet`,
    `HOME=/${'root'}/`,
    `"resolved": "https://${'registry'}.npmjs.org/x"`,
    `deb http://${'deb'}.debian.org/debian sid main`,
  ]) {
    it(`the check catches: ${line}`, () => {
      expect(machineWords('a.txt', `first\n${line}\nlast`)).to.have.lengthOf(1);
      expect(machineWords('a.txt', `first\n${line}\nlast`)[0]).to.match(/^a\.txt:2 /);
    });
  }

  for (const line of [
    'src/network/worker.ts',
    '~/.cache/burgernet/root/etc',
    '${cache}/root/usr',
    'the root of the work',
  ]) {
    it(`the check allows: ${line}`, () => {
      expect(machineWords('a.txt', line)).to.deep.equal([]);
    });
  }
});
