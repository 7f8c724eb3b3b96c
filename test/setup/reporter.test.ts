import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe("the last line of the tests' report", () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'burgernet-reporter-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function lastLineOf(tests: string): string | undefined {
    const file = join(folder, 'some.test.cjs');
    writeFileSync(file, tests);
    const args = ['node_modules/mocha/bin/mocha.js', '--no-config', '--reporter=test/support/reporter.cjs', file];
    return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trimEnd().split('\n').at(-1);
  }

  it('holds only the numbers of passed and failed tests', () => {
    expect(lastLineOf("it('a', () => {}); it('b', () => { throw new Error('no'); });")).to.equal('1 passed, 1 failed');
  });

  it('adds the number of skipped tests', () => {
    expect(lastLineOf("it('a', () => {}); it.skip('b', () => {});")).to.equal('1 passed, 0 failed, 1 skipped');
  });
});
