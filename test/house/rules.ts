import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';

/**
 * The rules of the source as pure functions from a file to its problems. They read the syntax tree and ignore
 * comments. The table of the layers is in docs/architecture.md.
 */

/** A file of `src/`: its path from the root of the repository, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A folder of `src/`, or `root` for the files in `src/` itself (main, config). */
const LAYERS = ['lib', 'domain', 'ports', 'flows', 'app', 'adapters', 'phonenet', 'cli', 'root'] as const;
type Layer = (typeof LAYERS)[number];

/**
 * The layers that a layer may import in addition to itself. An adapter may not import another adapter: see
 * `arrowProblem`.
 */
const MAY_IMPORT: Readonly<Record<Layer, readonly Layer[]>> = {
  lib: [],
  domain: ['lib'],
  ports: ['domain'],
  flows: ['domain', 'ports', 'lib'],
  app: ['domain', 'ports', 'flows', 'lib'],
  adapters: ['domain', 'ports', 'lib'],
  phonenet: LAYERS,
  cli: LAYERS,
  root: LAYERS,
};

/** The folders (with a slash at the end) and files in which each package may be imported. */
export const VENDORS: Readonly<Record<string, readonly string[]>> = {
  'ari-client': ['src/adapters/asterisk/'],
  ws: ['src/adapters/asterisk/'],
  'better-sqlite3': ['src/adapters/sqlite/'],
  'drizzle-orm': ['src/adapters/sqlite/'],
  express: ['src/adapters/http/'],
  helmet: ['src/adapters/http/'],
  eta: ['src/adapters/http/'],
  qrcode: ['src/adapters/http/', 'src/cli/'],
  'better-sse': ['src/adapters/http/'],
  'csv-stringify': ['src/adapters/http/'],
  'prom-client': ['src/adapters/http/'],
  '@asteasolutions/zod-to-openapi': ['src/adapters/http/'],
  zod: ['src/adapters/http/', 'src/config.ts'],
  say: ['src/adapters/speech/'],
  '@echogarden/espeak-ng-emscripten': ['src/adapters/speech/'],
  'sherpa-onnx-node': ['src/adapters/speech/natural/'],
  'node-cron': ['src/adapters/cron/'],
  pino: ['src/adapters/log/'],
  commander: ['src/cli/'],
  'libphonenumber-js': ['src/lib/numbering-plan.ts'],
};

/** Scripts that run before anything is installed, and the folders that may import them all the same. */
const SHARED_SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  'scripts/lib/asterisk-root.mjs': ['src/adapters/asterisk/'],
};

/**
 * Built-ins of Node without time or access to anything outside the process. Domain and flows may use only
 * these.
 */
const PURE_BUILTINS: ReadonlySet<string> = new Set([
  'assert',
  'buffer',
  'events',
  'path',
  'string_decoder',
  'url',
  'util',
]);

const WITHOUT_ARI_WORDS = ['src/domain/', 'src/ports/', 'src/flows/', 'src/app/', 'src/adapters/http/'];
const ARI_WORD = /channel|playback|stasis/i;

const TIMELESS = ['src/domain/', 'src/flows/'];
const TIMERS: ReadonlySet<string> = new Set(['setTimeout', 'setInterval', 'setImmediate', 'performance', 'hrtime']);

const lies = (path: string, places: readonly string[]): boolean =>
  places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));

function layerOf(path: string): Layer | undefined {
  const [, folder, ...rest] = path.split('/');
  if (rest.length === 0) return 'root';
  return LAYERS.find((layer) => layer === folder && layer !== 'root');
}

const adapterOf = (path: string): string | undefined => /^src\/adapters\/([^/]+)\//.exec(path)?.[1];

const trees = new WeakMap<SourceFile, ts.SourceFile>();

/** The syntax tree, parsed once for all rules. */
function parse(file: SourceFile): ts.SourceFile {
  const tree = trees.get(file) ?? ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, true);
  trees.set(file, tree);
  return tree;
}

/** Calls `visit` for every node below and including this one. */
function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => {
    walk(child, visit);
  });
}

/** A problem with its place: `path:line what`. */
function at(node: ts.Node, what: string): string {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return `${source.fileName}:${line + 1} ${what}`;
}

/** The module name in an import, export from, import(), require() or import type. */
function moduleNameIn(node: ts.Node): ts.StringLiteralLike | undefined {
  const literal = (name: ts.Node | undefined): ts.StringLiteralLike | undefined =>
    name && ts.isStringLiteralLike(name) ? name : undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isExternalModuleReference(node)) return literal(node.expression);
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const imports =
    expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(expression) && ['require', 'createRequire'].includes(expression.text)) ||
    (ts.isPropertyAccessExpression(expression) && expression.getText().endsWith('require.resolve'));
  return imports ? literal(node.arguments[0]) : undefined;
}

/** All module names in the file. */
export function importsOf(file: SourceFile): { readonly name: string; readonly node: ts.Node }[] {
  const found: { name: string; node: ts.Node }[] = [];
  walk(parse(file), (node) => {
    const name = moduleNameIn(node);
    if (name) found.push({ name: name.text, node: name });
  });
  return found;
}

const isOurs = (name: string): boolean => name.startsWith('.');
const builtinOf = (name: string): string | undefined => {
  const bare = name.replace(/^node:/, '');
  return name.startsWith('node:') || builtinModules.includes(bare) ? bare : undefined;
};
const packageOf = (name: string): string => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

/** Imports of our own files that the table of the layers forbids. */
export function forbiddenArrows(file: SourceFile): string[] {
  return importsOf(file).flatMap(({ name, node }) => {
    if (!isOurs(name)) return [];
    const problem = arrowProblem(file.path, posix.join(posix.dirname(file.path), name));
    return problem === undefined ? [] : [at(node, problem)];
  });
}

function arrowProblem(from: string, to: string): string | undefined {
  const [here, there] = [layerOf(from), layerOf(to)];
  if (to.startsWith('scripts/') && here !== undefined && MAY_IMPORT[here].includes('root')) return undefined;
  if (lies(from, SHARED_SCRIPTS[to] ?? [])) return undefined;
  if (!to.startsWith('src/')) return `${to} lies outside src`;
  if (here === undefined || there === undefined) return `${here ? to : from} lies in no folder of the house`;
  if (here === 'adapters' && there === 'adapters') {
    if (adapterOf(from) === adapterOf(to)) return undefined;
    return 'an adapter may not import another adapter';
  }
  if (here === 'adapters' && there === 'app' && adapterOf(from) === 'http') return undefined;
  if (here === there || MAY_IMPORT[here].includes(there)) return undefined;
  return `${here} may not import ${there === 'root' ? to : there}`;
}

/** Packages outside their adapter, and packages that VENDORS does not list. */
export function strayVendors(file: SourceFile): string[] {
  return importsOf(file).flatMap(({ name, node }) => {
    if (isOurs(name) || builtinOf(name) !== undefined) return [];
    const places = VENDORS[packageOf(name)];
    if (places === undefined) return [at(node, `${packageOf(name)} has no place in the house; see VENDORS`)];
    return lies(file.path, places) ? [] : [at(node, `${packageOf(name)} may only be imported in ${places.join(', ')}`)];
  });
}

/** Words of ARI above the adapter, in identifiers and strings. The words there are call, sound and line. */
export function ariWords(file: SourceFile): string[] {
  if (!lies(file.path, WITHOUT_ARI_WORDS)) return [];
  const found: string[] = [];
  walk(parse(file), (node) => {
    const named = ts.isIdentifier(node) || ts.isPrivateIdentifier(node) || ts.isStringLiteralLike(node);
    const inTemplate = ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node);
    if (!named && !inTemplate) return;
    const word = ARI_WORD.exec(node.text)?.[0];
    if (word !== undefined) found.push(at(node, `'${word}' is a word of ARI`));
  });
  return found;
}

/** Whether the whole environment is passed on to a child process: `{ env: { ...process.env, … } }`. */
function isHandedOn(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isSpreadAssignment(parent)) return isHandedOn(parent.parent);
  return ts.isPropertyAssignment(parent) && parent.name.getText() === 'env' && parent.initializer === node;
}

/** Reads of the environment outside src/config.ts. Passing the environment to a child process is allowed. */
export function environmentReads(file: SourceFile): string[] {
  if (file.path === 'src/config.ts') return [];
  const isProcess = (node: ts.Node | undefined): boolean => node !== undefined && /(^|\.)process$/.test(node.getText());
  const found: string[] = [];
  walk(parse(file), (node) => {
    const read =
      (ts.isPropertyAccessExpression(node) && node.name.text === 'env' && isProcess(node.expression)) ||
      (ts.isElementAccessExpression(node) &&
        ts.isStringLiteralLike(node.argumentExpression) &&
        node.argumentExpression.text === 'env' &&
        isProcess(node.expression)) ||
      (ts.isBindingElement(node) &&
        (node.propertyName ?? node.name).getText() === 'env' &&
        ts.isVariableDeclaration(node.parent.parent) &&
        isProcess(node.parent.parent.initializer)) ||
      (ts.isImportSpecifier(node) &&
        (node.propertyName ?? node.name).text === 'env' &&
        builtinOf((node.parent.parent.parent.moduleSpecifier as ts.StringLiteral).text) === 'process');
    if (read && !isHandedOn(node)) found.push(at(node, 'only config.ts reads the environment'));
  });
  return found;
}

/** Clocks, timers, chance and built-ins that reach outside, in domain and flows. There they are arguments. */
export function impurities(file: SourceFile): string[] {
  if (!lies(file.path, TIMELESS)) return [];
  const found = importsOf(file).flatMap(({ name, node }) => {
    const builtin = builtinOf(name);
    return builtin === undefined || PURE_BUILTINS.has(builtin) ? [] : [at(node, `${name} reaches outside`)];
  });
  walk(parse(file), (node) => {
    const what = timeOrChanceIn(node);
    if (what !== undefined) found.push(at(node, `${what}: time and chance are arguments here`));
  });
  return found;
}

function timeOrChanceIn(node: ts.Node): string | undefined {
  if (!ts.isIdentifier(node)) return undefined;
  if (TIMERS.has(node.text)) return node.text;
  const { parent } = node;
  const member = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.name.text : undefined;
  if (node.text === 'Math' && member === 'random') return 'Math.random';
  if (node.text === 'AbortSignal' && member === 'timeout') return 'AbortSignal.timeout';
  if (node.text !== 'Date' || ts.isTypeReferenceNode(parent)) return undefined;
  const ofGivenTime = ts.isNewExpression(parent) && parent.expression === node && parent.arguments?.length;
  if (ofGivenTime || member === 'UTC' || member === 'parse') return undefined;
  return member === undefined ? 'Date' : `Date.${member}`;
}
