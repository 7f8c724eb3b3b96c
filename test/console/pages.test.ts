import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { Warning } from '../../src/domain/warning.js';
import { CALLER, controlRoom, inbound, tip } from '../adapters/http/console-fixtures.js';
import { ACTION, startHarness, type Harness } from '../adapters/http/harness.js';
import { openChromium, openPage, pressTwice, shiftsOf, steady, violationsOf, watchShifts } from './support/chromium.js';

/** Time between the two presses of a fast and of a slow double click, ms. */
const APART_MS = [90, 450];

describe('console in Chromium', function () {
  this.timeout(60_000);
  let browser: Browser;
  let http: Harness;
  let page: Page;

  before(async () => {
    browser = await openChromium();
  });
  after(() => browser.close());
  beforeEach(async () => {
    http = await startHarness();
    await controlRoom(http);
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await http.close();
  });

  /** Emits an event, and lets enough time pass for every open page to be told. */
  const emit = async (id: number, type: string): Promise<void> => {
    http.services.emit(id, type, {});
    await http.clock.advance(1_000);
  };
  const draft = async (more: object = {}): Promise<number> => {
    const { body } = await http.post('/actions', { ...ACTION, kind: 'theft', title: 'Gestolen fiets', ...more });
    const { id } = body as { id: number };
    await emit(id, 'action');
    return id;
  };
  const command = async (id: number, path: string, body?: object): Promise<void> => {
    const { status } = await http.post(`/actions/${id}/${path}`, body);
    expect(status, path).to.equal(200);
    await emit(id, 'action');
  };
  const state = (id: number): string | undefined => http.services.actions.list()[id - 1]?.state;
  const shows = async (selector: string, text: string | RegExp): Promise<void> => {
    await page.locator(selector).filter({ hasText: text }).first().waitFor();
  };
  const gone = (selector: string): Promise<void> => page.locator(selector).waitFor({ state: 'detached' });
  const message = (text: string | RegExp): Promise<void> => shows('#message', text);

  describe('a page that stays open', () => {
    it('stays on the page of older tips when a tip arrives and when a note is saved', async () => {
      for (let id = 1; id <= 250; id++) {
        http.services.inboundKept.push(inbound({ id }));
        http.services.tipsKept.push(tip({ id, inboundId: id, createdAt: http.clock.now() - 1_000 + id }));
      }
      const older = '/console/actions/1?page=2';
      page = await openPage(browser, http, older, 2);
      await shows('#tips-count', '250 tips');
      http.services.inboundKept.push(inbound({ id: 251 }));
      http.services.tipsKept.push(tip({ id: 251, inboundId: 251, createdAt: http.clock.now() }));
      await emit(1, 'tip');
      await shows('#tips-count', '251 tips');
      expect(await page.locator('#tips > li').count()).to.equal(51);
      await page.locator('#note-20').fill('Rode jas');
      await steady(page);
      await page.locator('#tip-20 button', { hasText: 'Bewaar' }).click();
      await message('bewaard');
      expect(http.services.tipsKept[19]).to.include({ note: 'Rode jas' });
      expect(new URL(page.url())).to.include({ pathname: '/console/actions/1', search: '?page=2' });
      await page.goto(`${http.url}${older}&done=noted`);
      await message('bewaard');
      expect(new URL(page.url()).search).to.equal('?page=2');
    });

    it('follows an action from draft to closed, and shows exactly the parts of each state', async () => {
      const id = await draft();
      page = await openPage(browser, http, `/console/actions/${id}`, 2);
      await shows('#start', '3 deelnemers');
      expect(await page.locator('#reach, #tips, #outcomes, #times').count()).to.equal(0);

      http.services.counts = { selected: 10, reached: 5, waiting: 5, confirmed: 5 };
      await command(id, 'start');
      await shows('#head', 'Loopt');
      await shows('#reach', '5 van 10 bereikt');
      await shows('#outcomes', 'Toets ingedrukt');
      await shows('#times', 'Gestart');
      await gone('#start button');
      http.services.inboundKept.push(inbound({ id: 1, actionId: id }));
      http.services.tipsKept.push(tip({ id: 1, inboundId: 1, actionId: id, note: 'bij de haven' }));
      await emit(id, 'tip');
      await shows('#tips', 'Anna Voorbeeld');

      await command(id, 'pause');
      await shows('#controls', 'Hervat');
      expect(await page.getByRole('button', { name: 'Pauzeer' }).count()).to.equal(0);

      await steady(page);
      await page.locator('#controls summary').click();
      await page.locator('#controls textarea').fill('Half geschreven.');
      await command(id, 'close', { result: 'found' });
      await shows('#head', 'Gevonden');
      await shows('#times', 'Afgesloten');
      await gone('#controls form');
      await gone('#colleagues form');
      await shows('#tips', 'Anna Voorbeeld');
    });

    it('shows the first draft and the first closed action on the overview', async () => {
      page = await openPage(browser, http, '/console');
      expect(await page.locator('#drafts h2, #closed h2').count()).to.equal(0);
      const id = await draft();
      await shows('#drafts', /Klaar om te starten.*Gestolen fiets/s);
      await command(id, 'start');
      await shows('#running', 'Gestolen fiets');
      await gone('#drafts h2');
      await command(id, 'close', { result: 'arrested' });
      await shows('#closed', /Afgesloten.*Gestolen fiets.*Aangehouden/s);
      await command(1, 'close', { result: 'found' });
      await shows('#running', 'Er loopt nu geen actie.');
    });

    it('warns on the page of a draft as soon as a similar action starts', async () => {
      const [one, other] = [await draft(), await draft({ title: 'Ook een fiets' })];
      page = await openPage(browser, http, `/console/actions/${other}`);
      expect(await page.locator('#start .warning').count()).to.equal(0);
      await command(one, 'start');
      await shows('#start .warning', `Actie ${one}: Gestolen fiets`);
    });
  });

  describe('a double click', () => {
    for (const apart of APART_MS) {
      it(`on Proefoproep makes one test call and starts nothing, ${apart} ms apart`, async () => {
        const id = await draft();
        page = await openPage(browser, http, `/console/actions/${id}`);
        await page.locator('#sure').check();
        await pressTwice(page, '#controls button:has-text("Proefoproep")', apart);
        await message('Het toestel gaat nu over');
        expect(http.services.testCalls).to.have.length(1);
        expect(state(id)).to.equal('draft');
      });

      it(`on Pauzeer pauses the action, and neither resumes nor closes it, ${apart} ms apart`, async () => {
        page = await openPage(browser, http, '/console/actions/1');
        await pressTwice(page, '#controls button:has-text("Pauzeer")', apart);
        await shows('#controls', 'Hervat');
        expect(state(1)).to.equal('paused');
        expect(await page.locator('#controls details[open]').count()).to.equal(0);
        await steady(page);
        await pressTwice(page, '#controls button:has-text("Hervat")', apart);
        await shows('#controls', 'Pauzeer');
        expect(state(1)).to.equal('running');
      });

      it(`on Pauzeer on the overview only pauses the action, ${apart} ms apart`, async () => {
        page = await openPage(browser, http, '/console');
        await pressTwice(page, '#running button:has-text("Pauzeer")', apart);
        await shows('#running', 'Hervat');
        expect(state(1)).to.equal('paused');
      });

      it(`on Neem de actie over takes the action over, and presses no button that replaces it, ${apart} ms apart`, async () => {
        page = await openPage(browser, http, '/console/actions/1', 2);
        await pressTwice(page, '#controls button:has-text("Neem de actie over")', apart);
        await message('overgenomen');
        expect(http.services.actions.list()[0]).to.include({ centralistId: 2, state: 'running' });
        expect(await page.locator('#controls details[open]').count()).to.equal(0);
      });

      it(`on Start starts the action once, and does not pause it, ${apart} ms apart`, async () => {
        const id = await draft();
        page = await openPage(browser, http, `/console/actions/${id}`);
        await page.locator('#sure').check();
        await pressTwice(page, '#start button', apart);
        await shows('#head', 'Loopt');
        expect(state(id)).to.equal('running');
      });

      it(`on Bel terug makes one callback, ${apart} ms apart`, async () => {
        http.services.inboundKept.push(inbound({ id: 1, result: 'abandoned' }));
        page = await openPage(browser, http, '/console/actions/1');
        await pressTwice(page, '#tips button:has-text("Bel terug")', apart);
        await message('Uw toestel gaat zo over');
        expect(http.services.callbacksKept).to.have.length(1);
      });
    }

    it('on Start of an action that looks like another asks for confirmation, and starts nothing', async () => {
      await command(await draft(), 'start');
      const id = await draft();
      page = await openPage(browser, http, `/console/actions/${id}`);
      await page.locator('#sure').check();
      await pressTwice(page, '#start button', 300);
      await shows('h1', 'lijkt op een andere actie');
      expect(state(id)).to.equal('draft');
      await page.locator('#sure').check();
      await steady(page);
      await page.getByRole('button', { name: 'Start toch een tweede actie' }).click();
      await shows('#head', 'Loopt');
      expect(state(id)).to.equal('running');
    });
  });

  it('presses no button that replaces another while Enter is held down', async () => {
    page = await openPage(browser, http, '/console/actions/1');
    await page.locator('#controls button:has-text("Pauzeer")').focus();
    await page.keyboard.down('Enter');
    await shows('#controls', 'Hervat');
    await steady(page);
    for (let times = 0; times < 5; times++) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await steady(page);
    expect(state(1)).to.equal('paused');
  });

  it('shows a changed number of people, and requires a new confirmation', async () => {
    const id = await draft();
    page = await openPage(browser, http, `/console/actions/${id}`);
    await page.locator('#sure').check();
    http.services.selected = 4;
    await page.locator('#start button').click();
    await message('meer of minder mensen');
    await shows('#start', '4 deelnemers');
    expect(await page.locator('#sure').isChecked()).to.equal(false);
    expect(state(id)).to.equal('draft');
    await page.locator('#sure').check();
    await steady(page);
    await page.locator('#start button').click();
    await shows('#head', 'Loopt');
  });

  describe('a message or warning', () => {
    it('moves nothing on the page when it appears and when it disappears', async () => {
      const id = await draft();
      page = await openPage(browser, http, `/console/actions/${id}`);
      await watchShifts(page);
      const before = await page.locator('#controls button').first().boundingBox();
      await page.locator('#controls button:has-text("Proefoproep")').click();
      await message('Het toestel gaat nu over');
      expect(await page.locator('#controls button').first().boundingBox()).to.deep.equal(before);
      await gone('#message .bar');
      expect(await shiftsOf(page)).to.equal(0);
    });

    it('about an error moves nothing, stays until it is closed, and closing it presses nothing beneath', async () => {
      page = await openPage(browser, http, '/console/actions/1');
      await watchShifts(page);
      http.services.actions.testCall = () => {
        throw new Error('no such luck');
      };
      await page.locator('#controls button:has-text("Proefoproep")').click();
      await message('Er ging bij ons iets mis');
      await steady(page);
      expect(await shiftsOf(page)).to.equal(0);
      await pressTwice(page, '#message button', 100);
      await gone('#message .bar');
      expect(await shiftsOf(page)).to.equal(0);
      expect(state(1)).to.equal('running');
    });

    for (const path of ['/console', '/console/actions/1', '/console/centralists']) {
      it(`moves nothing on ${path} when alarms begin and end`, async () => {
        page = await openPage(browser, http, path);
        const button = page.locator('main button, main a').first();
        const before = await button.boundingBox();
        await watchShifts(page);
        const alarm = async (now: readonly Warning[]): Promise<void> => {
          http.services.changeAlarms(now);
          await http.clock.advance(1_000);
        };
        await alarm([{ code: 'trunk_down', reason: 'no answer to OPTIONS' }]);
        await shows('#alarms', 'De telecomprovider antwoordt niet');
        const first = await page.locator('#alarms .bar').first().boundingBox();
        await alarm([
          { code: 'trunk_down', reason: 'no answer to OPTIONS' },
          { code: 'guessing', door: 'http', source: '192.0.2.1', tries: 50, reason: 'x' },
        ]);
        await shows('#alarms', 'wachtwoorden te raden');
        expect(await page.locator('#alarms .bar').first().boundingBox()).to.deep.equal(first);
        expect(await button.boundingBox()).to.deep.equal(before);
        await alarm([]);
        await gone('#alarms [data-key=trunk_down]');
        await steady(page);
        expect(await button.boundingBox()).to.deep.equal(before);
        expect(await shiftsOf(page)).to.equal(0);
      });
    }

    it('lets a press through to the button beneath an alarm, and leaves space to scroll past the alarms', async () => {
      page = await openPage(browser, http, '/console/actions/1');
      await page.setViewportSize({ width: 360, height: 640 });
      http.services.changeAlarms([
        { code: 'asterisk_down', reason: 'the socket is closed' },
        { code: 'trunk_refused', sipStatus: 403, reason: '403 Forbidden' },
        { code: 'guessing', door: 'http', source: '192.0.2.1', tries: 50, reason: 'x' },
        { code: 'guessing', door: 'sip', source: '201', tries: 50, reason: 'x' },
      ]);
      await http.clock.advance(1_000);
      await shows('#alarms', 'De telefooncentrale is niet bereikbaar');
      const top = async (): Promise<number> => (await page.locator('#alarms').boundingBox())!.y;
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      const last = (await page.locator('main').boundingBox())!;
      expect(last.y + last.height).to.be.at.most(await top());
      const under = await page.evaluate<boolean>(`{
        const { x, y } = document.querySelector('#alarms .bar').getBoundingClientRect();
        document.elementFromPoint(x + 4, y + 4).closest('#alarms') === null;
      }`);
      expect(under).to.equal(true);
    });

    it('about low reach moves nothing on the overview', async () => {
      http.services.counts = { selected: 10_000, reached: 3, waiting: 8_000, ringing: 50, in_call: 4 };
      page = await openPage(browser, http, '/console');
      await watchShifts(page);
      http.services.warnings = [{ code: 'low_reach', called: 1_200, reached: 3 }];
      await emit(1, 'alarm');
      await shows('#running', 'Bijna niemand wordt bereikt');
      await steady(page);
      expect(await shiftsOf(page)).to.equal(0);
    });

    /** Texts and places of all controls, in the order of the page. */
    const places = (): Promise<string[]> =>
      page.evaluate<string[]>(`[...document.querySelectorAll('main :is(a, button, summary, input, textarea, select)')]
        .filter((one) => !one.closest('.warning') && one.checkVisibility())
        .map((one) => {
          const { x, y } = one.getBoundingClientRect();
          return [one.textContent.trim().slice(0, 20), x, y + scrollY].join(' ');
        })`);

    for (const width of [1280, 320]) {
      it(`moves no control of an action when it begins and ends, ${width} px wide`, async () => {
        http.services.inboundKept.push(inbound({ id: 1 }));
        http.services.tipsKept.push(tip({ id: 1, inboundId: 1, createdAt: http.clock.now() }));
        page = await openPage(browser, http, '/console/actions/1');
        await page.setViewportSize({ width, height: 800 });
        const before = await places();
        expect(before.join()).to.include('Pauzeer').and.include('Bewaar').and.include('Geef de actie over');
        http.services.warning = 'Asterisk cannot be reached: the socket is closed';
        http.services.warnings = [
          { code: 'low_reach', called: 1_200, reached: 3 },
          { code: 'no_softphone', centralistId: 1, name: 'Meldkamer', extension: '201' },
        ];
        await emit(1, 'action');
        await shows('#notices', 'De telefooncentrale is niet bereikbaar');
        await shows('#notices', 'Bijna niemand wordt bereikt');
        expect(await places()).to.deep.equal(before);
        http.services.warning = null;
        http.services.warnings = [];
        await emit(1, 'action');
        await gone('#notices [data-key=warnings]');
        expect(await places()).to.deep.equal(before);
      });

      it(`moves no control of a draft when it begins, ${width} px wide`, async () => {
        const [one, other] = [await draft(), await draft({ title: 'Ook een fiets' })];
        page = await openPage(browser, http, `/console/actions/${other}`);
        await page.setViewportSize({ width, height: 800 });
        const before = await places();
        expect(before.join()).to.include('Start de actie').and.include('Geef de actie over');
        http.services.warnings = [{ code: 'no_softphone', centralistId: 1, name: 'Meldkamer', extension: '201' }];
        await command(one, 'start');
        await shows('#start .warning', `Actie ${one}: Gestolen fiets`);
        await shows('#start .warning', 'Meldkamer');
        expect(await places()).to.deep.equal(before);
      });
    }
  });

  describe('axe finds no violation on', () => {
    const crowded = async (): Promise<void> => {
      await draft();
      await draft({ title: 'Nog een fiets' });
      await command(await draft({ kind: 'robbery', title: 'Overval' }), 'start');
      await command(4, 'close', { result: 'found' });
      http.services.inboundKept.push(inbound({ id: 1 }), inbound({ id: 2, result: 'abandoned' }));
      http.services.tipsKept.push(tip({ id: 1, inboundId: 1, createdAt: http.clock.now() }));
      http.services.counts = { selected: 10, reached: 5, waiting: 5, confirmed: 5, heard: 2 };
      http.services.simulation = { mayStart: true, reason: 'no trunk' };
      http.services.warning = 'Asterisk cannot be reached: the socket is closed';
      http.services.warnings = [
        { code: 'low_reach', called: 1_200, reached: 3 },
        { code: 'no_softphone', centralistId: 1, name: 'Meldkamer', extension: '201' },
      ];
      http.services.changeAlarms([
        { code: 'trunk_refused', sipStatus: 403, reason: '403 Forbidden' },
        { code: 'guessing', door: 'http', source: '192.0.2.1', tries: 50, reason: 'x' },
      ]);
      http.services.emit(1, 'inbound', { inboundId: 7, stage: 'ringing', centralistIds: [1], caller: CALLER });
      http.services.emit(1, 'inbound', { inboundId: 8, stage: 'connected', centralistId: 1, caller: CALLER });
    };
    const PAGES = ['', '/actions/1', '/actions/2', '/actions/2/look-alike', '/actions/4', '/centralists'];
    const MORE = ['/centralists/new', '/centralists/1', '/who', '/nowhere'];

    for (const path of [...PAGES, ...MORE]) {
      it(`/console${path}, with alarms and warnings, wide and narrow, light and dark`, async () => {
        await crowded();
        page = await openPage(browser, http, `/console${path}`);
        expect(await page.locator('#alarms .bar').count()).to.equal(2);
        for (const width of [1280, 320])
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.setViewportSize({ width, height: 800 });
            await page.emulateMedia({ colorScheme });
            expect(await violationsOf(page), `${width} px, ${colorScheme}`).to.deep.equal([]);
          }
        expect(await page.evaluate('document.documentElement.scrollWidth'), 'no horizontal scrolling').to.be.at.most(
          320,
        );
      });
    }

    it('the login page', async () => {
      const context = await browser.newContext();
      page = await context.newPage();
      await page.goto(`${http.url}/console/login`);
      expect(await violationsOf(page)).to.deep.equal([]);
    });
  });
});
