// The commands of package.json: what each needs, and the steps that it runs.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * All commands by name. `needs` says what must be installed or built first (makeReady). `steps` returns what
 * the command runs: each step is a name with arguments for Node, or with a function that runs in this
 * process. With `inHome` the steps run in the repository's folder.
 */
export function commandsOf(home) {
  const inHome = (path) => join(home, path);
  const tool = (path) => inHome(`node_modules/${path}`);
  const cli = inHome('dist/cli/main.js');
  const built = (path) => import(pathToFileURL(inHome(`dist/${path}`)).href);
  const service = { packages: true, build: true };
  const onPhone = { ...service, asterisk: true, tools: true };
  const tests = { packages: true, asterisk: true, tools: true, linphone: true, chromium: true, compiler: true };
  const mocha = (args) => ({ name: 'tests', args: [tool('mocha/bin/mocha.js'), ...mochaArguments(home, args)] });
  return {
    setup: { needs: { ...onPhone, linphone: true, chromium: true, compiler: true }, steps: () => [] },
    demo: { needs: onPhone, steps: (args) => [{ name: 'demo', args: [cli, 'demo', ...args] }] },
    start: {
      needs: { ...service, asterisk: true, unlessRemote: true },
      // The supervisor, which starts dist/main.js, runs in this process, so that signals and exit codes are
      // passed on.
      steps: (args) => [{ name: 'service', run: async () => (await built('supervise.js')).supervise(args) }],
    },
    cli: { needs: service, steps: (args) => [{ name: 'burgernet', args: [cli, ...args] }] },
    sounds: { needs: service, steps: (args) => [{ name: 'sounds', args: [cli, 'sounds', ...args] }] },
    bench: {
      needs: onPhone,
      inHome: true,
      steps: (args) => [{ name: 'benchmarks', args: ['--import', 'tsx', inHome('bench/main.ts'), ...args] }],
    },
    chaos: {
      needs: onPhone,
      inHome: true,
      steps: (args) => [{ name: 'chaos', args: ['--import', 'tsx', inHome('test/chaos/main.ts'), ...args] }],
    },
    test: { needs: tests, inHome: true, steps: (args) => [mocha(args)] },
    check: {
      needs: tests,
      inHome: true,
      // The tests come last, because the last line of the output must be their `N passed, N failed`.
      steps: (args) => [
        { name: 'format', args: [tool('prettier/bin/prettier.cjs'), '--check', '.'] },
        { name: 'lint', args: [tool('eslint/bin/eslint.js'), '.'] },
        { name: 'types', args: [tool('typescript/bin/tsc'), '-p', 'tsconfig.json', '--noEmit'] },
        { name: 'types of the console', args: [tool('typescript/bin/tsc'), '-p', 'tsconfig.browser.json'] },
        mocha(args),
      ],
    },
  };
}

/**
 * WORKAROUND: mocha adds the files named on its command line to the `spec` of its configuration, but a person
 * who names a file wants to run that file alone. So when a file is named, mocha gets the options without
 * `spec` as flags, and no configuration file. This can go when mocha can replace `spec` from its command
 * line.
 */
function mochaArguments(home, args) {
  const namesFiles = args.some((arg) => !arg.startsWith('-') && (arg.includes('*') || existsSync(join(home, arg))));
  const file = join(home, '.mocharc.json');
  if (!namesFiles || !existsSync(file)) return args;
  const options = Object.entries(JSON.parse(readFileSync(file, 'utf8'))).filter(([name]) => name !== 'spec');
  const flags = options.flatMap(([name, value]) => [value].flat().map((each) => `--${name}=${each}`));
  return ['--no-config', ...flags, ...args];
}
