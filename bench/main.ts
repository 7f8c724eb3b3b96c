/** The benchmarks, one a name: `npm run bench -- <name>`. Each measures its comparison in the same run. */
const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {};

const [name] = process.argv.slice(2);
const names = Object.keys(BENCHMARKS);
const run = name === undefined ? undefined : BENCHMARKS[name];
if (run) await run();
else {
  console.error(
    names.length === 0
      ? 'There is no benchmark yet.'
      : `Name one of: ${names.join(', ')}. For example: npm run bench -- ${names[0] ?? ''}`,
  );
  process.exitCode = 1;
}
