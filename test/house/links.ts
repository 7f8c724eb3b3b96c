import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT, textOf } from './files.js';

/**
 * Dead links and pictures of a page in Markdown, as `page: link (reason)`. Addresses on the web are not
 * checked.
 */
export function deadLinks(page: string, text: string): string[] {
  return linksOf(text).flatMap((link) => {
    const reason = whyDead(page, link, text);
    return reason === undefined ? [] : [`${page}: ${link} (${reason})`];
  });
}

/**
 * Targets of the links in a page, in order. Links in code are left out, because Markdown does not render
 * them.
 */
export function linksOf(text: string): string[] {
  const prose = proseOf(text).replace(/`[^`\n]*`/g, '');
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const defined = [...prose.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)/gm)];
  return [...inline, ...defined].flatMap(([, target]) => (target === undefined ? [] : [target]));
}

/**
 * Paths in the code spans of a page, such as `src/config.ts`, that name no file or folder of this repository.
 */
export function deadPaths(page: string, text: string): string[] {
  const spans = proseOf(text).matchAll(/`((?:src|test|scripts|docs|bench|asterisk-config|docker)\/[\w./-]*)`/g);
  return [...spans].flatMap(([, path = '']) => (existsSync(ROOT + path) ? [] : [`${page}: ${path}`]));
}

/**
 * The anchors of a page as GitHub makes them: one for each heading, with `-1`, `-2` … for a repeated heading.
 */
export function anchorsOf(text: string): string[] {
  const taken = new Map<string, number>();
  return [...proseOf(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replace(/ /g, '-');
    const times = taken.get(slug) ?? 0;
    taken.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

const proseOf = (text: string): string => text.replace(/^(\s*)(```|~~~)[\s\S]*?^\s*\2\s*$/gm, '');

function whyDead(page: string, link: string, text: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return undefined;
  const [path = '', anchor] = decodeURIComponent(link).split('#', 2);
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (target.startsWith('..') || path.startsWith('/')) return 'leads out of the repository';
  if (target !== page && !existsSync(ROOT + target)) return 'no such file';
  if (anchor === undefined) return undefined;
  if (!target.endsWith('.md')) return 'only a page has anchors';
  const anchors = anchorsOf(target === page ? text : textOf(target));
  return anchors.includes(anchor) ? undefined : 'no such heading';
}
