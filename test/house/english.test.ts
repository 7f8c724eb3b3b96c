import { expect } from 'chai';
import { headless, longComments } from './english.js';
import { filesBelow, textOf } from './files.js';
import type { SourceFile } from './rules.js';

/**
 * Files that still break the rule. A file that no longer breaks the rule must leave the list, so the list can
 * only become shorter. Do not add a file.
 */
const NOT_YET: readonly string[] = [];

const FOLDERS = ['src', 'test', 'bench', 'scripts', 'asterisk-config', 'docs'] as const;
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'] as const;
const READ = /\.(?:[cm]?[jt]s|conf|md|sh)$|^scripts\/(?:.*\/)?[\w-]+$/;

const problemsIn = (file: SourceFile): string[] => [...headless(file), ...longComments(file)];

describe('plain English', function () {
  // Reading every file takes seconds on a busy machine.
  this.timeout(120_000);
  let paths: string[];
  before(() => {
    paths = [...FOLDERS.flatMap((folder) => filesBelow(folder)), ...PAGES].filter((path) => READ.test(path));
  });
  const broken = (path: string): string[] => problemsIn({ path, text: textOf(path) });

  it('is checked in every folder', () => {
    expect(paths).to.include.members([
      'src/domain/glossary.ts',
      'test/house/english.test.ts',
      'bench/main.ts',
      'scripts/run.mjs',
      'scripts/compose-test',
      'asterisk-config/alert.conf',
      'docs/architecture.md',
      'README.md',
    ]);
  });

  it('names the subject of every sentence, in comment lines of at most 110 characters', () => {
    expect(paths.filter((path) => !NOT_YET.includes(path)).flatMap(broken)).to.deep.equal([]);
  });

  it('is still missing in every file on the list of files that are not done', () => {
    expect(NOT_YET.filter((path) => !paths.includes(path) || broken(path).length === 0)).to.deep.equal([]);
  });
});

describe('the rule for plain English', () => {
  const CAUGHT: readonly (readonly [path: string, text: string, line: number])[] = [
    ['src/a.ts', '// Who rings is let in.', 1],
    ['src/a.ts', '/** Who was reached is called. */', 1],
    ['src/a.ts', '/** The caller. Who has none is refused. */', 1],
    ['src/a.ts', '/**\n * Calls them.\n * Whoever waits hears music.\n */', 3],
    ['src/a.ts', 'const a = 1; // who rang, with their number', 1],
    ['src/a.ts', "const a = '//'; // What is stored of a call is kept.", 1],
    ['src/a.ts', '/**\n * Some words.\n *\n *   who rings  a caller\n */', 4],
    ['src/a.ts', '// A prompt for\n// who waits.', 1],
    ['src/a.ts', '// It is ended by who\n// rang.', 1],
    ['src/a.ts', '// Told to who rings.', 1],
    ['src/a.ts', '// Told to whoever rings.', 1],
    ['src/a.ts', `// ${'a long line '.repeat(10)}`, 1],
    ['src/a.ts', `${' '.repeat(90)}call(); // ends the call at once`, 1],
    ['src/a.ts', `/** One.\n * ${'a long line '.repeat(10)}*/`, 2],
    ['src/a.js', '/* Who rings. */', 1],
    ['test/a.test.ts', "describe('who rings', () => {});", 1],
    ['test/a.test.ts', "\nit('who has not answered is rung', () => {});", 2],
    ['test/a.test.ts', 'it(`who ${x} is rung`, () => {});', 1],
    ['test/a.test.ts', "it('plays a prompt for who waits', () => {});", 1],
    ['test/a.test.ts', "describe('music', () => {\n  describe('for who waits', () => {});\n});", 2],
    ['test/a.test.ts', "describe('music', () => {\n  it('who waits hears it', () => {});\n});", 2],
    ['asterisk-config/a.conf', '[a]\n; Who rings hears this.', 2],
    ['asterisk-config/a.conf', `; ${'a long line '.repeat(10)}`, 1],
    ['scripts/a', '#!/bin/sh\n# Who runs this needs Docker.', 2],
    ['scripts/a.sh', '# What is built is kept.', 1],
    ['docs/a.md', '# Calls\n\nOne sentence. Who rings\nhears music.', 3],
    ['docs/a.md', '- first\n- Who rings hears music.', 2],
    ['docs/a.md', '- first\n  part. Who rings hears music.', 2],
    ['docs/a.md', '**Choice.** Who rings hears music.', 1],
    ['src/a.ts', "const A = [\n  'a', // the first\n  'b', // who rings\n];", 3],
  ];
  for (const [path, text, line] of CAUGHT) {
    it(`finds in ${path}: ${text}`, () => {
      const problems = problemsIn({ path, text });
      expect(problems).to.have.lengthOf(1);
      expect(problems[0]).to.match(new RegExp(`^${path}:${line} `));
    });
  }

  const ALLOWED: readonly (readonly [path: string, text: string])[] = [
    ['src/a.ts', '// The caller who rang is let in.'],
    ['src/a.ts', '// Callers, who are known by number, are let in.'],
    ['src/a.ts', '// Who may ring?'],
    ['src/a.ts', '// What is a caller?'],
    ['src/a.ts', '// What is more, nobody rings.'],
    ['src/a.ts', '// The rule forbids "Who rings is let in" and `for who`.'],
    ['src/a.ts', "const a = '// Who rings is let in.';"],
    ['src/a.ts', 'const a = `\n// Who rings is let in.\n`;'],
    ['src/a.ts', 'const a = /\\/\\/ Who rings/;'],
    ['src/a.ts', `const text = '${'a long line '.repeat(10)}';`],
    ['src/a.ts', `// https://example.nl/${'a'.repeat(120)}`],
    ['src/a.ts', "it('who rings', () => {});"],
    ['test/a.test.ts', "it('rings the colleague who is free', () => {});"],
    ['test/a.test.ts', "describe('a caller', () => {\n  describe('who waits', () => {});\n});"],
    ['test/a.test.ts', "say('who rings is let in');"],
    ['asterisk-config/a.conf', '[a]\nexten => s,1,NoOp(Who rings)'],
    ['scripts/a.sh', '#!/bin/sh\necho "Who rings"'],
    ['docs/a.md', '```\nWho rings is let in.\n```'],
    ['docs/a.md', '| who rings | `src/a.ts` |'],
    ['docs/a.md', '# Who rings'],
    ['docs/a.md', '- The caller\n  who rings hears music.'],
    ['src/a.ts', '/**\n * ring   the telephone of a caller\n *          who rings\n */'],
    ['docs/a.md', 'a long line '.repeat(20)],
  ];
  for (const [path, text] of ALLOWED) {
    it(`allows in ${path}: ${text}`, () => {
      expect(problemsIn({ path, text })).to.deep.equal([]);
    });
  }
});
