import { expect } from 'chai';
import { TOKEN, type Harness } from './harness.js';

/** A page as a browser receives it, without running its scripts. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
  /** Target of a redirect; null when the response is not a redirect. */
  readonly to: string | null;
  readonly html: string;
  /** The text of the page on one line, without tags. */
  readonly text: string;
}

/** A browser: keeps the cookie, sends forms and follows redirects. */
export interface Browser {
  cookie: string;
  visit(path: string): Promise<Page>;
  /** Sends a form from one of our pages, and follows a redirect. */
  send(path: string, fields?: Fields): Promise<Page>;
  /** Sends a form with these headers instead of those of our pages. Follows no redirect. */
  sendAs(path: string, headers: Record<string, string>, fields?: Fields): Promise<Page>;
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

const OURS = { 'sec-fetch-site': 'same-origin' };

export function openBrowser({ url }: Pick<Harness, 'url'>): Browser {
  const ask = async (path: string, init: RequestInit): Promise<Page> => {
    const headers = { ...(init.headers as Record<string, string>), cookie: browser.cookie };
    const response = await fetch(url + path, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) browser.cookie = cookie.split(';')[0]!;
    const html = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      to: response.headers.get('location'),
      html,
      text: textOf(html),
    };
  };
  const browser: Browser = {
    cookie: '',
    visit: (path) => ask(path, {}),
    sendAs: (path, headers, fields = {}) => ask(path, { method: 'POST', headers, body: bodyOf(fields) }),
    send: async (path, fields = {}) => {
      const answer = await browser.sendAs(path, OURS, fields);
      return answer.to === null ? answer : browser.visit(answer.to);
    },
  };
  return browser;
}

/** Logs in, and chooses this centralist if given. */
export async function loggedIn(http: Harness, centralistId?: number): Promise<Browser> {
  const browser = openBrowser(http);
  const page = await browser.send('/console/login', { token: TOKEN });
  expect(page.status).to.equal(200);
  if (centralistId !== undefined) await browser.send('/console/who', { centralistId: `${centralistId}` });
  return browser;
}

function bodyOf(fields: Fields): URLSearchParams {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs as [string, string][]);
}

const SIGNS: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

export function textOf(html: string): string {
  return html
    .replace(/<(script|style|title)\b[^]*?<\/\1>/g, ' ')
    .replace(/<\/?(a|code|span|strong)\b[^>]*>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#39);/g, (sign) => SIGNS[sign] ?? sign)
    .replace(/\s+/g, ' ')
    .trim();
}

/** The element of a page with this id, as HTML. */
export function partOf({ html }: Page, id: string): string {
  const start = html.search(new RegExp(`<\\w+[^>]* id="${id}"`));
  if (start === -1) throw new Error(`the page has no part ${id}`);
  const [, name = ''] = /^<(\w+)/.exec(html.slice(start)) ?? [];
  let depth = 0;
  for (const tag of html.slice(start).matchAll(new RegExp(`<(/?)${name}\\b[^>]*>`, 'g'))) {
    depth += tag[1] === '/' ? -1 : 1;
    if (depth === 0) return html.slice(start, start + tag.index + tag[0].length);
  }
  throw new Error(`part ${id} has no end`);
}
