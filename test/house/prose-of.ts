import ts from 'typescript';
import type { SourceFile } from './rules.js';

interface Line {
  /** Number of the line, from 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * A run of prose: a comment, the name of a test, a paragraph of a page. Its lines come without the marks of a
 * comment.
 */
export type Prose = readonly Line[];

/**
 * The prose of a file: comments and names of tests in code, comments in configuration, paragraphs in
 * Markdown.
 */
export function proseOf(file: SourceFile): Prose[] {
  if (file.path.endsWith('.md')) return paragraphs(file.text);
  if (CODE.test(file.path)) return [...proseOfComments(file), ...testNames(file)];
  const mark = file.path.endsWith('.conf') ? /^\s*;+\s?(.*)$/ : /^\s*#(?!!)\s?(.*)$/;
  return runs(linesOf(file.text).map(({ text }) => mark.exec(text)?.[1]));
}

/** The whole lines that hold a comment. */
export function commentLines(file: SourceFile): Line[] {
  if (file.path.endsWith('.md')) return [];
  const all = linesOf(file.text);
  if (!CODE.test(file.path)) return all.filter(({ text }) => /^\s*[;#]/.test(text));
  const wanted = new Set(commentsOf(file).flatMap(({ first, lines }) => lines.map((_, index) => first + index)));
  return all.filter(({ line }) => wanted.has(line));
}

const CODE = /\.[cm]?[jt]s$/;

const linesOf = (text: string): Line[] => text.split('\n').map((one, index) => ({ line: index + 1, text: one }));

interface Comment {
  /** Number of its first line. */
  readonly first: number;
  readonly lines: readonly string[];
  /** Whether code stands before it on its line. */
  readonly trailing: boolean;
}

const trees = new WeakMap<SourceFile, ts.SourceFile>();

function parse(file: SourceFile): ts.SourceFile {
  const tree = trees.get(file) ?? ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2023, false);
  trees.set(file, tree);
  return tree;
}

/**
 * The comments of a file. Strings, templates and patterns are blanked first, because they may contain `//`.
 */
function commentsOf(file: SourceFile): Comment[] {
  const { text } = file;
  const tree = parse(file);
  const parts: string[] = [];
  let done = 0;
  const blank = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isRegularExpressionLiteral(node) || isTemplatePart(node)) {
      const from = node.getStart(tree);
      parts.push(text.slice(done, from), '_'.repeat(node.end - from));
      done = node.end;
    }
    node.forEachChild(blank);
  };
  blank(tree);
  const code = parts.join('') + text.slice(done);
  return [...code.matchAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g)].map(({ 0: found, index }) => {
    const { line, character } = tree.getLineAndCharacterOfPosition(index);
    const before = code.slice(index - character, index);
    return { first: line + 1, lines: found.split('\n'), trailing: before.trim() !== '' };
  });
}

const isTemplatePart = (node: ts.Node): boolean =>
  ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node);

/** One run for each comment at the end of a line of code; lines of `//` one below the other are one run. */
function proseOfComments(file: SourceFile): Prose[] {
  const found: Prose[] = [];
  const whole: (string | undefined)[] = linesOf(file.text).map(() => undefined);
  for (const { first, lines, trailing } of commentsOf(file)) {
    const bare = lines.map((text) => text.replace(/\*\/$/, '').replace(/^\s*(?:\/\/|\/?\*+)\s?/, ''));
    if (trailing) found.push(bare.map((text, index) => ({ line: first + index, text })));
    else bare.forEach((text, index) => (whole[first - 1 + index] = text));
  }
  return [...found, ...runs(whole)];
}

/**
 * The first arguments of `describe` and `it` in a test, with `…` for each value in a template. A nested
 * `describe` continues the name of the outer one ("a caller", "who waits"), so `…` stands before it.
 */
function testNames(file: SourceFile): Prose[] {
  if (!file.path.startsWith('test/')) return [];
  const tree = parse(file);
  const found: Prose[] = [];
  const visit = (node: ts.Node, inDescribe: boolean): void => {
    const called = ts.isCallExpression(node) ? node.expression.getText(tree) : '';
    if (ts.isCallExpression(node) && /^(?:describe|it)$/.test(called)) {
      const [name] = node.arguments;
      if (name && (ts.isStringLiteralLike(name) || ts.isTemplateExpression(name))) {
        const { line } = tree.getLineAndCharacterOfPosition(name.getStart(tree));
        const before = called === 'describe' && inDescribe ? '… ' : '';
        found.push([{ line: line + 1, text: before + nameOf(name) }]);
      }
    }
    node.forEachChild((child) => {
      visit(child, inDescribe || called === 'describe');
    });
  };
  visit(tree, false);
  return found;
}

const nameOf = (name: ts.StringLiteralLike | ts.TemplateExpression): string =>
  ts.isTemplateExpression(name)
    ? [name.head.text, ...name.templateSpans.map(({ literal }) => literal.text)].join('…')
    : name.text;

/** Paragraphs and list items of a page. Code, rows of tables and headings are not sentences. */
function paragraphs(page: string): Prose[] {
  let fenced = false;
  return runs(
    linesOf(page).map(({ text }) => {
      if (/^\s*(?:```|~~~)/.test(text)) {
        fenced = !fenced;
        return undefined;
      }
      return fenced || /^\s*(?:\||#)/.test(text) ? undefined : text;
    }),
  );
}

const ITEM = /^\s*(?:[-*]|\d+\.)\s+/;
/** A line indented this far continues the second column of a table, such as the glossary. */
const SECOND_COLUMN = 8;

/**
 * Lines that belong together. A list item begins a run, and so does an indented line. A line that is indented
 * deeper than the item or line before it continues the run.
 */
function runs(lines: readonly (string | undefined)[]): Prose[] {
  const found: Line[][] = [];
  let open: { readonly run: Line[]; readonly depth: number | undefined } | undefined;
  lines.forEach((text, index) => {
    if (text === undefined || text.trim() === '') {
      open = undefined;
      return;
    }
    const depth = /^\s*/.exec(text)?.[0].length ?? 0;
    const isItem = ITEM.test(text) || text.startsWith('@');
    const isSetIn = isItem || depth >= 2;
    const continues =
      open && !isItem && (open.depth === undefined ? !isSetIn || depth >= SECOND_COLUMN : depth > open.depth);
    if (open && continues) open.run.push({ line: index + 1, text });
    else {
      open = { run: [{ line: index + 1, text: text.replace(ITEM, '') }], depth: isSetIn ? depth : undefined };
      found.push(open.run);
    }
  });
  return found;
}
