import { posix } from 'node:path';
import { importsOf, type SourceFile } from './rules.js';

/**
 * Circles of imports, types included, as `a.ts → b.ts → a.ts`: one for each file that can reach itself,
 * shortest first.
 */
export function circles(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  const imports = new Map(files.map((file) => [file.path, targetsOf(file).filter((path) => known.has(path))]));
  const found = new Map<string, string>();
  for (const start of known) {
    const circle = wayBack(start, imports);
    const key = circle?.toSorted().join() ?? '';
    if (circle && !found.has(key)) found.set(key, [...circle, start].join(' → '));
  }
  return [...found.values()].sort((a, b) => a.length - b.length);
}

const targetsOf = (file: SourceFile): string[] =>
  importsOf(file).flatMap(({ name }) =>
    name.startsWith('.') ? [posix.join(posix.dirname(file.path), name).replace(/\.js$/, '.ts')] : [],
  );

/** The shortest way from a file through its imports back to itself; undefined when there is none. */
function wayBack(start: string, imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const open = [start];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    for (const next of imports.get(path) ?? []) {
      if (next === start) return wayTo(path, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, path);
      open.push(next);
    }
  }
  return undefined;
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [end];
  for (let path = cameFrom.get(end); path !== undefined; path = cameFrom.get(path)) way.unshift(path);
  return way;
}
