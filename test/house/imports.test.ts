import { expect } from 'chai';
import { circles } from './circles.js';
import { filesBelow, textOf } from './files.js';
import {
  ariWords,
  environmentReads,
  forbiddenArrows,
  importsOf,
  impurities,
  strayVendors,
  VENDORS,
  type SourceFile,
} from './rules.js';

type Rule = (file: SourceFile) => string[];

const RULES: readonly [name: string, rule: Rule][] = [
  ['imports only what its layer may import', forbiddenArrows],
  ['names a vendor only in the adapter that wraps it', strayVendors],
  ['uses no word of ARI above the adapter', ariWords],
  ['reads the environment in config.ts alone', environmentReads],
  ['keeps time, chance and the outside world out of domain and flows', impurities],
];

describe('the source', function () {
  // Reading every file of src takes seconds on a busy machine.
  this.timeout(60_000);
  let sources: SourceFile[];
  before(() => {
    sources = filesBelow('src')
      .filter((path) => /\.[cm]?ts$/.test(path))
      .map((path) => ({ path, text: textOf(path) }));
  });

  it('is found by this test, with its imports', () => {
    expect(sources.map(({ path }) => path)).to.include.members(['src/domain/glossary.ts', 'src/ports/call.ts']);
    expect(sources.flatMap(importsOf).length).to.be.greaterThan(sources.length / 2);
  });

  for (const [name, rule] of RULES) {
    it(name, () => {
      expect(sources.flatMap(rule)).to.deep.equal([]);
    });
  }

  it('has no circle of imports in domain', () => {
    expect(circles(sources.filter(({ path }) => path.startsWith('src/domain/')))).to.deep.equal([]);
  });

  it('has a place for every dependency in package.json, and for no other package', () => {
    const { dependencies, optionalDependencies } = JSON.parse(textOf('package.json')) as Record<string, object>;
    const installed = Object.keys({ ...dependencies, ...optionalDependencies });
    expect(Object.keys(VENDORS).sort()).to.deep.equal(installed.sort());
  });
});

describe('the search for circles of imports', () => {
  const files = (imports: Readonly<Record<string, readonly string[]>>): SourceFile[] =>
    Object.entries(imports).map(([name, names]) => ({
      path: `src/${name}.ts`,
      text: names.map((one) => `import type { X } from './${one}.js';`).join('\n'),
    }));

  it('finds each circle once, however many files import it', () => {
    expect(circles(files({ a: ['b'], b: ['c'], c: ['a'], d: ['a', 'd'] }))).to.deep.equal([
      'src/d.ts → src/d.ts',
      'src/a.ts → src/b.ts → src/c.ts → src/a.ts',
    ]);
  });

  it('finds none in a tree with two ways to one file', () => {
    expect(circles(files({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).to.deep.equal([]);
  });
});

describe('the rules of the source', () => {
  type Example = readonly [path: string, text: string];

  function examples(name: string, rule: Rule, caught: readonly Example[], allowed: readonly Example[]): void {
    describe(name, () => {
      for (const [path, text] of caught) {
        it(`catches in ${path}: ${text}`, () => {
          expect(rule({ path, text })).to.have.lengthOf(1);
        });
      }
      for (const [path, text] of allowed) {
        it(`allows in ${path}: ${text}`, () => {
          expect(rule({ path, text })).to.deep.equal([]);
        });
      }
    });
  }

  examples(
    'about arrows between the layers',
    forbiddenArrows,
    [
      ['src/lib/a.ts', "import { x } from '../domain/x.js';"],
      ['src/domain/a.ts', "import type { X } from '../ports/x.js';"],
      ['src/domain/a.ts', "import { x } from '../app/x.js';"],
      ['src/ports/a.ts', "import { x } from '../lib/x.js';"],
      ['src/ports/a.ts', "export * from '../app/x.js';"],
      ['src/flows/a.ts', "import { x } from '../app/x.js';"],
      ['src/flows/steps/a.ts', "import { x } from '../../adapters/http/x.js';"],
      ['src/app/a.ts', "import { x } from '../adapters/sqlite/x.js';"],
      ['src/app/a.ts', "import { config } from '../config.js';"],
      ['src/app/a.ts', "const x = await import('../adapters/sqlite/x.js');"],
      ['src/app/a.ts', "let x: import('../adapters/sqlite/x.js').X;"],
      ['src/app/a.ts', "const x = require('../adapters/sqlite/x.js');"],
      ['src/adapters/sqlite/a.ts', "import { x } from '../http/x.js';"],
      ['src/adapters/http/a.ts', "import { x } from '../sqlite/x.js';"],
      ['src/adapters/sqlite/a.ts', "import { x } from '../../app/x.js';"],
      ['src/adapters/http/a.ts', "import { x } from '../../flows/x.js';"],
      ['src/adapters/http/a.ts', "import { config } from '../../config.js';"],
      ['src/app/a.ts', "import x from '../../scripts/x.mjs';"],
      ['src/cli/a.ts', "import x from '../../test/x.js';"],
      ['src/adapters/http/a.ts', "import x from '../../../scripts/lib/asterisk-root.mjs';"],
      ['src/helpers/a.ts', "import { x } from '../lib/x.js';"],
    ],
    [
      ['src/lib/a.ts', "import { b } from './b.js';"],
      ['src/domain/a.ts', "import { x } from '../lib/x.js';"],
      ['src/domain/spoken/a.ts', "import { x } from '../messages.js';"],
      ['src/ports/a.ts', "import type { X } from '../domain/x.js';"],
      ['src/flows/a.ts', "import { x } from '../ports/x.js'; import { y } from '../lib/y.js';"],
      ['src/app/a.ts', "import { x } from '../flows/x.js';"],
      ['src/adapters/sqlite/a.ts', "import { x } from '../../ports/x.js'; import { y } from './y.js';"],
      ['src/adapters/http/routes/a.ts', "import type { X } from '../../../app/x.js'; import '../server.js';"],
      ['src/main.ts', "import { x } from './adapters/http/x.js'; import { y } from './config.js';"],
      ['src/cli/a.ts', "import { config } from '../config.js'; import { x } from '../phonenet/x.js';"],
      ['src/phonenet/a.ts', "import { x } from '../adapters/asterisk/x.js';"],
      ['src/phonenet/a.ts', "import { x } from '../../scripts/lib/x.mjs';"],
      ['src/adapters/asterisk/a.ts', "import { x } from '../../../scripts/lib/asterisk-root.mjs';"],
      ['src/domain/a.ts', "// import { x } from '../app/x.js';"],
      ['src/domain/a.ts', 'const text = \'import { x } from "../app/x.js"\';'],
    ],
  );

  examples(
    'about vendors',
    strayVendors,
    [
      ['src/app/a.ts', "import Ari from 'ari-client';"],
      ['src/adapters/asterisk/a.ts', "import express from 'express';"],
      ['src/adapters/http/a.ts', "import WebSocket from 'ws';"],
      ['src/phonenet/a.ts', "import WebSocket from 'ws';"],
      ['src/app/a.ts', "import { eq } from 'drizzle-orm/sqlite-core';"],
      ['src/domain/a.ts', "import { z } from 'zod';"],
      ['src/data.ts', "import { z } from 'zod';"],
      ['src/app/a.ts', "import x from '@echogarden/espeak-ng-emscripten';"],
      ['src/domain/phone-number.ts', "import { x } from 'libphonenumber-js/max';"],
      ['src/lib/other.ts', "import { x } from 'libphonenumber-js/max';"],
      ['src/main.ts', "import { pino } from 'pino';"],
      ['src/adapters/http/a.ts', "import type { Database } from 'better-sqlite3';"],
      ['src/adapters/http/a.ts', "import _ from 'lodash';"],
    ],
    [
      ['src/adapters/asterisk/a.ts', "import Ari from 'ari-client'; import WebSocket from 'ws';"],
      ['src/adapters/sqlite/a.ts', "import { drizzle } from 'drizzle-orm/better-sqlite3';"],
      ['src/adapters/http/routes/a.ts', "import { stringify } from 'csv-stringify/sync';"],
      ['src/adapters/http/a.ts', "import { x } from '@asteasolutions/zod-to-openapi'; import { z } from 'zod';"],
      ['src/config.ts', "import { z } from 'zod';"],
      ['src/lib/numbering-plan.ts', "import { x } from 'libphonenumber-js/max';"],
      ['src/cli/main.ts', "import { Command } from 'commander';"],
      ['src/app/a.ts', "import { createHash } from 'node:crypto'; import { readFile } from 'fs/promises';"],
    ],
  );

  examples(
    'about the words of ARI',
    ariWords,
    [
      ['src/flows/a.ts', 'const channel = 1;'],
      ['src/app/a.ts', 'call.hangUpChannel();'],
      ['src/ports/a.ts', 'interface PlaybackFinished {}'],
      ['src/domain/a.ts', "const text = 'the stasis app';"],
      ['src/adapters/http/a.ts', 'const text = `call ${id} on its channel`;'],
      ['src/adapters/http/a.ts', 'class A { #channel = 1; }'],
      ['src/adapters/http/a.ts', 'const x = { CHANNELS: 1 };'],
    ],
    [
      ['src/flows/a.ts', '// here a channel becomes a call\nconst call = 1;'],
      ['src/flows/a.ts', '/** A playback, in the words of ARI. */\nconst sound = 1;'],
      ['src/adapters/asterisk/a.ts', 'const channel = 1;'],
      ['src/phonenet/a.ts', 'const channel = 1;'],
    ],
  );

  examples(
    'about the environment',
    environmentReads,
    [
      ['src/main.ts', 'const port = process.env.PORT;'],
      ['src/app/a.ts', "const port = process['env'].PORT;"],
      ['src/app/a.ts', 'const { env } = process;'],
      ['src/app/a.ts', 'const { env: settings } = process;'],
      ['src/app/a.ts', "import { env } from 'node:process';"],
      ['src/app/a.ts', 'const port = globalThis.process.env.PORT;'],
      ['src/app/a.ts', 'const settings = { ...process.env };'],
      ['src/app/a.ts', 'const settings = { env: process.env.PORT };'],
    ],
    [
      ['src/adapters/speech/a.ts', 'spawn(x, { env: { ...process.env, LANG: "C" } });'],
      ['src/adapters/speech/a.ts', 'spawn(x, { env: process.env });'],
      ['src/config.ts', 'const port = process.env.PORT;'],
      ['src/app/a.ts', 'const port = config.env.PORT;'],
      ['src/main.ts', "process.on('SIGTERM', stop);"],
      ['src/app/a.ts', '// process.env is read in config.ts'],
    ],
  );

  examples(
    'about time, chance and the outside world',
    impurities,
    [
      ['src/domain/a.ts', 'const now = Date.now();'],
      ['src/domain/a.ts', 'const now = new Date();'],
      ['src/domain/a.ts', 'const { now } = Date;'],
      ['src/flows/a.ts', 'setTimeout(next, 1000);'],
      ['src/flows/a.ts', 'globalThis.setTimeout(next, 1000);'],
      ['src/flows/a.ts', 'const t = performance.now();'],
      ['src/flows/a.ts', 'const signal = AbortSignal.timeout(1000);'],
      ['src/domain/a.ts', 'const x = Math.random();'],
      ['src/domain/a.ts', "import { readFileSync } from 'node:fs';"],
      ['src/domain/a.ts', "import { readFileSync } from 'fs';"],
      ['src/flows/a.ts', "import net from 'node:net';"],
      ['src/flows/a.ts', "import { spawn } from 'node:child_process';"],
      ['src/flows/steps/a.ts', "import * as timers from 'node:timers/promises';"],
      ['src/domain/a.ts', "import { randomUUID } from 'node:crypto';"],
    ],
    [
      ['src/domain/a.ts', 'const at = new Date(now).toISOString();'],
      ['src/domain/a.ts', 'const at = Date.parse(text) + Date.UTC(2026, 0);'],
      ['src/domain/a.ts', 'function f(at: Date): number { return at.getTime(); }'],
      ['src/domain/a.ts', 'const most = Math.max(1, 2);'],
      ['src/flows/a.ts', 'const digit = await call.digit({ timeoutMs: 4000 });'],
      ['src/flows/a.ts', "import { inspect } from 'node:util';"],
      ['src/app/a.ts', 'const now = Date.now();'],
    ],
  );
});
