import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { findChromium } from '../../../scripts/lib/chromium.mjs';
import { loggedIn } from '../../adapters/http/browser.js';
import type { Harness } from '../../adapters/http/harness.js';

/** A press counts once its button has been unchanged for this long (`press-guard.js`). */
export const STEADY_MS = 700;

/** Lets pages use a microphone that beeps, without a question. */
export const MICROPHONE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] as const;

/** Starts a headless Chromium. Throws an error that says how to install Chromium when there is none. */
export async function openChromium(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('no Chromium: apt-get install chromium');
  const args = [
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...more,
    // As root Chromium cannot use its sandbox. It opens our own pages only.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  return chromium.launch({ executablePath, args });
}

/** Opens a page of the console, logged in as this centralist. */
export async function openPage(browser: Browser, http: Harness, path: string, centralistId = 1): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const { cookie } = await loggedIn(http, centralistId);
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url: http.url }]);
  const page = await context.newPage();
  const listening = http.services.untilListeners(http.services.listeners + 1);
  await page.goto(`${http.url}${path}`);
  await listening;
  await steady(page);
  return page;
}

/** Runs in the page, as text, because tsx compiles functions into code with helpers of its own. */
const UNTIL_STEADY = `(async () => {
  const buttons = () =>
    [...document.querySelectorAll('button, summary')]
      .map((one) => one.textContent + JSON.stringify(one.getBoundingClientRect()))
      .join();
  let before = '';
  let since = performance.now();
  while (performance.now() - since < ${STEADY_MS + 100}) {
    const now = buttons();
    if (now !== before) since = performance.now();
    before = now;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
})()`;

/** Waits until every button has been unchanged for long enough to be pressed. */
export async function steady(page: Page): Promise<void> {
  await page.evaluate(UNTIL_STEADY);
}

/** Begins to measure layout shifts on the page. */
export async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(`{
    globalThis.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.shifted += entry.value;
    }).observe({ type: 'layout-shift' });
  }`);
}

/** The sum of the layout shifts since `watchShifts`, as the browser scores them; 0 when nothing moved. */
export const shiftsOf = (page: Page): Promise<number> => page.evaluate<number>('globalThis.shifted');

/** The script of axe as text, because it runs in the page. */
const axe = (): string => readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of WCAG 2.2 A and AA and of good practice that axe finds: the rule and the element of each. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe());
  return page.evaluate<string[]>(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))))`);
}

/** Presses the same spot twice, `apartMs` apart. */
export async function pressTwice(page: Page, selector: string, apartMs: number): Promise<void> {
  await page.locator(selector).scrollIntoViewIfNeeded();
  await steady(page);
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} is not on the page`);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.click(x, y);
  await page.waitForTimeout(apartMs);
  await page.mouse.click(x, y);
}
