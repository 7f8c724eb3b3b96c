import { expect } from 'chai';
import { tmpdir } from 'node:os';
import { loadConfig } from '../../src/config.js';
import { filesBelow, textOf } from './files.js';
import { anchorsOf, deadLinks, deadPaths, linksOf } from './links.js';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...filesBelow('docs').filter((path) => path.endsWith('.md')),
];

describe('pages of the documentation', () => {
  it('are found by this test, and have links', () => {
    expect(PAGES).to.include.members(['docs/operate.md', 'docs/architecture.md', 'docs/decisions/0019-recovery.md']);
    expect(PAGES.flatMap((page) => linksOf(textOf(page))).length).to.be.greaterThan(50);
  });

  for (const page of PAGES) {
    it(`have no dead link in ${page}`, () => {
      expect(deadLinks(page, textOf(page))).to.deep.equal([]);
    });
  }

  it('name no file that does not exist', () => {
    expect(PAGES.flatMap((page) => deadPaths(page, textOf(page)))).to.deep.equal([]);
  });

  it('can all be reached from README.md by links', () => {
    const reached = new Set<string>();
    const visit = (page: string): void => {
      if (reached.has(page) || !PAGES.includes(page)) return;
      reached.add(page);
      const base = new URL(page, 'file:///');
      for (const link of linksOf(textOf(page))) visit(new URL(link, base).pathname.slice(1));
    };
    visit('README.md');
    const decisions = /^docs\/decisions\//;
    expect([...reached].filter((page) => !decisions.test(page)).sort()).to.deep.equal(
      PAGES.filter((page) => !decisions.test(page)).sort(),
    );
  });

  it('include a README.md of at most 10 KB, which takes five minutes to read', () => {
    expect(Buffer.byteLength(textOf('README.md'))).to.be.lessThan(10_000);
  });
});

describe('the check of links', () => {
  const dead = (text: string): string[] => deadLinks('docs/page.md', text);

  it('finds a missing file, a missing heading and a missing picture', () => {
    expect(dead('[a](nothing.md)')).to.deep.equal(['docs/page.md: nothing.md (no such file)']);
    expect(dead('![a](nothing.svg)')).to.deep.equal(['docs/page.md: nothing.svg (no such file)']);
    expect(dead('# One\n[a](#two)')).to.deep.equal(['docs/page.md: #two (no such heading)']);
    expect(dead('[a](../README.md#nothing)')).to.deep.equal(['docs/page.md: ../README.md#nothing (no such heading)']);
    expect(dead('[a]: nothing.md')).to.have.lengthOf(1);
    expect(dead('[a](../../elsewhere.md)')).to.deep.equal([
      'docs/page.md: ../../elsewhere.md (leads out of the repository)',
    ]);
    expect(dead('[a](../package.json#name)')).to.have.lengthOf(1);
  });

  it('allows working links, links in code, and addresses on the web', () => {
    const text = '# What grows?\n[a](#what-grows) [b](../LICENSE) [c](decisions/) [d](https://example.nl/#x)';
    expect(dead(text)).to.deep.equal([]);
    expect(dead('```\n[a](nothing.md)\n```\n`[b](nothing.md)`')).to.deep.equal([]);
  });

  it('finds the name of a missing file', () => {
    expect(deadPaths('a.md', 'see `src/config.ts`, `src/nothing.ts`, `docs/decisions/`')).to.deep.equal([
      'a.md: src/nothing.ts',
    ]);
  });

  it('names headings as GitHub does', () => {
    expect(anchorsOf('# The `*20` code, step by step\n## Why?\n## Why?\n```\n# no heading\n```')).to.deep.equal([
      'the-20-code-step-by-step',
      'why',
      'why-1',
    ]);
  });
});

describe('the settings in the documentation', () => {
  const known = loadConfig({}, tmpdir()).settings;
  const rows = [...textOf('docs/configure.md').matchAll(/^\| `(BURGERNET_\w+)` +\| +(.*?) +\| +(.*?) +\|$/gm)];
  const example = [...textOf('.env.example').matchAll(/^#?(BURGERNET_\w+)=(.*)$/gm)];

  it('are all settings of src/config.ts, once and in the same order, in docs/configure.md and .env.example', () => {
    const variables = known.map(({ variable }) => variable);
    expect(rows.map(([, variable]) => variable)).to.deep.equal(variables);
    expect(example.map(([, variable]) => variable)).to.have.members(variables);
    expect(example).to.have.lengthOf(variables.length);
  });

  it('have the same defaults as in src/config.ts', () => {
    const written = rows.flatMap(([, variable = '', shown = '']) => {
      const value = /^`([^`]+)`$/.exec(shown)?.[1];
      return value === undefined ? [] : [{ variable, value }];
    });
    const given = new Map(known.map(({ variable, text }) => [variable, text]));
    expect(written).to.deep.equal(written.map(({ variable }) => ({ variable, value: given.get(variable) })));
    expect(written.length).to.be.greaterThan(15);
  });

  it('all have a meaning', () => {
    for (const [, variable, , meaning] of rows) expect(meaning, variable).to.match(/\w{2}/);
  });
});
