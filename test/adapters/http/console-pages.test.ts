import { expect } from 'chai';
import type { E164 } from '../../../src/domain/phone-number.js';
import { loggedIn, partOf, textOf, type Browser, type Page } from './browser.js';
import { controlRoom, inbound, tip } from './console-fixtures.js';
import { ACTION, startHarness, type Harness } from './harness.js';

describe('HTTP: pages of the console', () => {
  let http: Harness;
  let browser: Browser;
  let id: number;
  beforeEach(async () => {
    http = await startHarness();
    id = await controlRoom(http);
    browser = await loggedIn(http, 1);
  });
  afterEach(() => http.close());

  const part = async (path: string, name: string): Promise<string> => textOf(partOf(await browser.visit(path), name));

  describe('in a simulation', () => {
    const BADGE = /class="simulated"><strong>SIMULATIE:<\/strong> er wordt niemand echt gebeld/;
    const PAGES = [
      '',
      '/actions/1',
      '/actions/1/look-alike',
      '/centralists',
      '/centralists/new',
      '/centralists/1',
      '/who',
    ];

    for (const page of [...PAGES, '/nowhere', '/actions/99'])
      it(`shows the simulation badge, and only then: /console${page}`, async () => {
        expect((await browser.visit(`/console${page}`)).html).not.to.match(/simulati/i);
        http.services.simulation = { mayStart: true, reason: 'no trunk' };
        expect((await browser.visit(`/console${page}`)).html).to.match(BADGE);
      });

    it('shows the badge on the login page, and after a wrong token', async () => {
      http.services.simulation = { mayStart: true, reason: 'no trunk' };
      const page = await http.ask('//console/login', { headers: { authorization: 'none' } });
      expect(await page.text()).to.match(BADGE);
      const wrong = await http.ask('//console/login', {
        method: 'POST',
        headers: { authorization: 'none', 'content-type': 'application/x-www-form-urlencoded', origin: http.url },
        body: 'token=wrong',
      });
      expect(wrong.status).to.equal(401);
      expect(await wrong.text()).to.match(BADGE);
    });

    it('shows no alarm, and marks a simulated action permanently', async () => {
      http.services.simulation = { mayStart: true, reason: 'no trunk' };
      await http.post('/actions', { ...ACTION, kind: 'robbery' });
      await http.post('/actions/2/start');
      http.services.simulation = null;
      expect(await part('/console', 'running')).to.match(/Loopt Simulatie /);
      expect(await part('/console/actions/2', 'head')).to.include('Simulatie');
      expect(await part('/console/actions/1', 'head')).not.to.include('Simulatie');
      http.services.simulation = { mayStart: true, reason: 'no trunk' };
      expect(await part('/console', 'alarms')).to.equal('');
      await http.post('/actions/2/close', { result: 'found' });
      http.services.simulation = null;
      expect(await part('/console', 'closed')).to.include('Simulatie');
    });
  });

  it('lists the times of an action in order, also when calling ended before the close', async () => {
    const at = (seconds: number): number => http.clock.now() + seconds * 1_000;
    const startedAt = at(0);
    http.services.timeline = { startedAt, firstInviteAt: startedAt, halfReachedAt: at(20), closedAt: at(90) };
    const names = async (): Promise<string[]> =>
      [...partOf(await browser.visit(`/console/actions/${id}`), 'times').matchAll(/<th scope="row">([^<]+)/g)].map(
        ([, name]) => name!,
      );
    const cut = ['Gestart', 'Eerste oproep', 'Helft bereikt', 'Afgesloten'];
    expect(await names()).to.deep.equal(cut);
    http.services.timeline = { ...http.services.timeline, dialedOutAt: at(60), firstTipAt: at(70) };
    const whole = ['Gestart', 'Eerste oproep', 'Helft bereikt', 'Klaar met bellen', 'Eerste tip', 'Afgesloten'];
    expect(await names()).to.deep.equal(whole);
    await http.post(`/actions/${id}/close`, { result: 'found' });
    expect(await names(), 'closed').to.deep.equal(whole);
  });

  describe('overview', () => {
    it('shows running actions with their counts, drafts and closed actions', async () => {
      http.services.counts = { selected: 4312, reached: 1987, waiting: 102, dialing: 3, ringing: 14, in_call: 8 };
      await http.post('/actions', { ...ACTION, title: 'Nog niet begonnen' });
      await http.post('/actions', { ...ACTION, kind: 'robbery', title: 'Overval' });
      await http.post('/actions/3/start');
      await http.post('/actions/3/close', { result: 'arrested' });
      const running = await part('/console', 'running');
      expect(running).to.include('Actie 1: Vermist meisje').and.include('Loopt Vermist kind, van Meldkamer');
      expect(running).to.include('1.987 van 4.312 bereikt (46%)');
      expect(running).to.include('102 nog te bellen, 17 gaan over, 8 luisteren nu');
      expect(await part('/console', 'drafts')).to.include('Actie 2: Nog niet begonnen');
      expect(await part('/console', 'closed')).to.include('3: Overval Overval Aangehouden');
    });

    it('lists offline recordings that belong to no action, newest first', async () => {
      expect(await part('/console', 'offline')).to.equal('');
      const down = { actionId: null, reason: 'controller_down' } as const;
      http.services.inboundKept.push(
        inbound({ id: 1, ...down, recordingId: 5, participantId: 2, from: '+31321345604' as E164 }),
        inbound({ id: 2, ...down, recordingId: 6, participantId: null, from: '+31699999999' as E164 }),
        inbound({ id: 3, ...down, recordingId: 7, participantId: null, from: null, receivedAt: http.clock.now() }),
        inbound({ id: 4, ...down, result: 'abandoned', recordingId: null }),
        inbound({ id: 5, recordingId: 8 }),
      );
      const html = partOf(await browser.visit('/console'), 'offline');
      expect([...html.matchAll(/src="([^"]+)"/g)].map(([, sound]) => sound)).to.deep.equal([
        '/api/v1/recordings/7/audio',
        '/api/v1/recordings/6/audio',
        '/api/v1/recordings/5/audio',
      ]);
      const text = textOf(html);
      expect(text).to.match(/^Ingesproken tijdens een storing /);
      expect(text).to.include('Naam niet bekend 12:00, nummer afgeschermd');
      expect(text).to.include('Naam niet bekend 11:59, 06-99999999');
      expect(text).to.include('Bram <script> 8252 XJ 11:59, 0321-345604');
      expect(html).to.not.include('<script');
      for (let more = 10; more < 30; more++)
        http.services.inboundKept.push(inbound({ id: more, ...down, recordingId: more }));
      expect(await part('/console', 'offline')).to.match(/Alleen de nieuwste 20\.$/);
    });

    it('shows that the operator limits us, with the SIP status', async () => {
      http.services.warning =
        'the operator limits us (SIP 503 Service Unavailable): 5 calls a second instead of 10, 24 lines instead of 30';
      const words =
        'De telecomprovider beperkt ons (SIP 503 Service Unavailable): 5 in plaats van 10 nieuwe oproepen per seconde, 24 in plaats van 30 lijnen.';
      expect(await part('/console', 'running')).to.include(words);
      expect(await part(`/console/actions/${id}`, 'notices')).to.include(words);
    });

    it('shows a trunk alarm on every page, with the reason for the administrator', async () => {
      expect(await part('/console', 'alarms')).to.equal('');
      http.services.changeAlarms([{ code: 'trunk_refused', sipStatus: 403, reason: 'check <the user>' }]);
      for (const path of ['/console', `/console/actions/${id}`, '/console/centralists', '/console/nothing']) {
        const html = partOf(await browser.visit(path), 'alarms');
        expect(textOf(html)).to.match(/^De telecomprovider laat ons niet toe \(SIP 403\)\./);
        expect(html).to.include('check &lt;the user&gt;');
      }
      http.services.changeAlarms([{ code: 'trunk_down', reason: 'x' }]);
      expect(await part('/console', 'alarms')).to.match(/^De telecomprovider antwoordt niet\./);
    });

    it('pauses, resumes and closes an action, and says what was done', async () => {
      const paused = await browser.send(`/console/actions/${id}/pause`, { back: '/console' });
      expect(textOf(partOf(paused, 'message'))).to.match(/^De actie is gepauzeerd/);
      expect(textOf(partOf(paused, 'running')))
        .to.include('Gepauzeerd')
        .and.include('Hervat');
      const resumed = await browser.send(`/console/actions/${id}/resume`, { back: '/console' });
      expect(textOf(partOf(resumed, 'running')))
        .to.include('Loopt')
        .and.include('Pauzeer');
      const closed = await browser.send(`/console/actions/${id}/close`, { back: '/console', result: 'found' });
      expect(textOf(partOf(closed, 'message'))).to.match(/^De actie is afgesloten/);
      expect(textOf(partOf(closed, 'closed'))).to.include('Gevonden');
      const late = await browser.send(`/console/actions/${id}/pause`, { back: `/console/actions/${id}` });
      expect(late.status).to.equal(409);
      expect(late.text).to.include('Dat kan nu niet');
      expect(late.html).to.include(`href="/console/actions/${id}">Terug`);
    });

    it('reads every closing message that the rules allow, and refuses a longer one by the name of its field', async () => {
      // A character of three bytes in UTF-8 takes nine in a form. A browser sends two characters for a line
      // break.
      const longest = `${'€'.repeat(4_990)}${'\r\n'.repeat(9)}.`;
      for (const text of [`${longest}..`, 'x'.repeat(5_001), '€'.repeat(15_000)]) {
        const refused = await browser.send(`/console/actions/${id}/close`, { result: 'found', text });
        expect([refused.status, http.services.actions.view(id).action.state]).to.deep.equal([400, 'running']);
        expect(refused.text).to.include('Een slotbericht mag 1.500 tekens lang zijn.');
      }
      const fields = { result: 'found', text: longest, back: '/console' };
      const closed = await browser.send(`/console/actions/${id}/close`, fields);
      expect(closed.text).to.include('De actie is afgesloten');
      expect(http.services.actions.view(id).action.closingMessage?.text).to.equal(longest.replaceAll('\r\n', '\n'));
    });

    it('refuses a form with too many fields as too long, and not as a fault of ours', async () => {
      const centralistIds = Array<string>(1_001).fill('1');
      const refused = await browser.send(`/console/actions/${id}/team`, { centralistIds });
      expect(refused.status).to.equal(413);
      expect(refused.text).to.include('Dat is te lang.');
    });

    it('requires a result before it closes an action', async () => {
      const page = await browser.send(`/console/actions/${id}/close`, { result: '' });
      expect(page.status).to.equal(400);
      expect(page.text).to.include('Kies hoe de actie afliep.');
      expect(http.services.actions.view(id).action.state).to.equal('running');
    });
  });

  describe('an action', () => {
    const page = (): string => `/console/actions/${id}`;

    it('shows its counts, times, message and area', async () => {
      http.services.counts = { selected: 10, reached: 5, rang: 9, answered: 7, heard: 4, confirmed: 5, no_answer: 2 };
      const shown = await browser.visit(page());
      expect(textOf(partOf(shown, 'reach'))).to.equal('5 van 10 bereikt (50%) Iedereen is gebeld 50%');
      expect(textOf(partOf(shown, 'outcomes'))).to.include('Toets ingedrukt 5 Niet opgenomen 2');
      expect(textOf(partOf(shown, 'figures')))
        .to.include('Opgenomen 7')
        .and.include('Hele bericht gehoord 4');
      expect(textOf(partOf(shown, 'times'))).to.match(/Gestart \d\d:\d\d:\d\d/);
      expect(textOf(partOf(shown, 'about')))
        .to.include(ACTION.message.text)
        .and.include('8251, 8252AB, 8253-8255');
    });

    it('shows how the message is said, and which words are said by another spelling', async () => {
      await http.post(`/actions/${id}/update`, { message: { text: 'Gezocht: een Opel van 7 jaar.' } });
      const about = partOf(await browser.visit(page()), 'about');
      expect(textOf(about)).to.include(
        'Zo wordt het voorgelezen Gezocht: een Opel van zeven jaar. Andere uitspraak: Opel (opul).',
      );
    });

    it('shows closing calls as such after a close, and does not say that everybody was called', async () => {
      await http.post(`/actions/${id}/close`, { result: 'found' });
      http.services.counts = { selected: 208, reached: 105, waiting: 56, in_call: 54, closing_called: 54 };
      http.services.closing = { waiting: 56, dialing: 0, ringing: 0, in_call: 54 };
      const shown = await browser.visit(page());
      expect(textOf(partOf(shown, 'reach'))).to.include('Slotbericht: 56 nog te bellen, 0 gaan over, 54 luisteren nu');
      expect(textOf(partOf(shown, 'times')))
        .to.include('Afgesloten')
        .and.not.include('gebeld');
    });

    it('distinguishes closing calls from participants who still hear the alert after a close', async () => {
      await http.post(`/actions/${id}/close`, { result: 'found' });
      const reach = async (): Promise<string> => part(`/console/actions/${id}`, 'reach');
      const nobody = { waiting: 0, dialing: 0, ringing: 0, in_call: 0 };
      http.services.counts = { selected: 208, reached: 105, ...nobody, in_call: 7 };
      expect(await reach())
        .to.match(/7 luisteren nog naar de oproep( |$)/)
        .and.not.include('Slotbericht');
      http.services.counts = { ...http.services.counts, waiting: 56, ringing: 2, in_call: 55, closing_called: 60 };
      http.services.closing = { ...nobody, waiting: 56, ringing: 2, in_call: 54 };
      expect(await reach()).to.include(
        'Slotbericht: 56 nog te bellen, 2 gaan over, 54 luisteren nu, 1 luistert nog naar de oproep',
      );
      expect(await part('/console', 'closed')).to.include('Vermist meisje');
      http.services.counts = { ...http.services.counts, ...nobody };
      http.services.closing = nobody;
      expect(await reach()).to.match(/Slotbericht: iedereen is gebeld( |$)/);
    });

    it('says that everybody was called and nobody was reached', async () => {
      http.services.counts = { selected: 10_000, reached: 0, no_answer: 10_000 };
      expect(await part(page(), 'reach')).to.include('Iedereen is gebeld, en niemand is bereikt');
    });

    it('warns of low reach with figures, on its page and on the overview', async () => {
      http.services.counts = { selected: 10_000, reached: 3, waiting: 8_000 };
      http.services.warnings = [{ code: 'low_reach', called: 1_200, reached: 3 }];
      const words = 'Let op. Bijna niemand wordt bereikt: 3 van de 1.200 mensen die zijn gebeld.';
      expect(await part('/console', 'running')).to.include(words);
      expect(await part(page(), 'notices')).to.include(`${words} Misschien werkt het bellen niet goed.`);
      http.services.warnings = [{ code: 'low_reach', called: 1, reached: 0 }];
      expect(await part('/console', 'running')).to.include('Niemand wordt bereikt: 1 persoon is gebeld.');
      const { body } = await http.get(`/actions/${id}`);
      expect(body).to.have.deep.nested.property('warnings[0]', {
        code: 'low_reach',
        called: 1,
        reached: 0,
        text: 'hardly anybody is reached: 0 of 1 people called; check that calls get through',
      });
      http.services.warnings = [];
      expect(await part('/console', 'running'))
        .to.include('8.000 nog te bellen')
        .and.not.include('Let op');
    });

    it('shows its warnings beside the start button of the draft, and while it runs', async () => {
      const reason = 'check <the line>';
      http.services.warnings = [
        { code: 'trunk_down', reason },
        { code: 'no_softphone', centralistId: 1, name: 'Mia <b>', extension: '201' },
        { code: 'nobody_to_answer' },
      ];
      http.services.changeAlarms([{ code: 'trunk_down', reason }]);
      const { body } = await http.post('/actions', { ...ACTION, title: 'Klaar' });
      const answered = body as { plan: { warnings: { code: string; text: string }[] }; warnings: { code: string }[] };
      expect(answered.plan.warnings.map(({ code }) => code)).to.deep.equal(answered.warnings.map(({ code }) => code));
      expect(answered.plan.warnings[1]).to.include({ centralistId: 1, extension: '201' });
      expect(answered.plan.warnings[1]?.text).to.include('Mia <b> (201) is not registered');
      const controls = await browser.visit('/console/actions/2');
      expect(textOf(partOf(controls, 'start')))
        .to.include('telecomprovider antwoordt niet')
        .and.include('Het toestel van Mia <b> (201) is niet aangemeld')
        .and.include('Niemand kan nu tips aannemen');
      expect(controls.html).not.to.include('Mia <b>');
      await browser.send('/console/actions/2/start', { sure: 'yes' });
      const notices = await part(page(), 'notices');
      expect(notices).to.include('Niemand kan nu tips aannemen').and.not.include('telecomprovider');
    });

    it('starts only after confirmation, and shows the area and makes test calls before that', async () => {
      await http.post('/actions', { ...ACTION, title: 'Klaar' });
      const draft = await browser.visit('/console/actions/2');
      expect(textOf(partOf(draft, 'about'))).to.include('8253-8255: 1 deelnemer');
      await browser.send('/console/actions/2/test-call', { centralistId: '1', back: '/console/actions/2' });
      await browser.send('/console/actions/2/test-call', { centralistId: '' });
      expect(http.services.testCalls.map(({ actionId }) => actionId)).to.deep.equal([2, 2]);
      const unsure = await browser.send('/console/actions/2/start', {});
      expect(unsure.text).to.include('Zet een vinkje');
      await http.post('/actions/1/close', { result: 'found' });
      http.clock.jump(31 * 60_000);
      const started = await browser.send('/console/actions/2/start', { sure: 'yes', back: '/console/actions/2' });
      expect(textOf(partOf(started, 'head'))).to.include('Loopt');
    });

    it('asks for confirmation on a separate page when another action looks like it', async () => {
      await http.post('/actions', { ...ACTION, title: 'Nog een' });
      const asked = await browser.send('/console/actions/2/start', { sure: 'yes' });
      expect(asked.text).to.include('De actie is nog niet gestart.').and.include('Actie 1: Vermist meisje');
      expect(asked.html).to.include('href="/console/actions/1"');
      expect(http.services.actions.list()[1]).to.include({ state: 'draft' });
      const unsure = await browser.send('/console/actions/2/start', { anyway: 'yes' });
      expect(unsure.text).to.include('Zet een vinkje');
      const started = await browser.send('/console/actions/2/start', { sure: 'yes', anyway: 'yes' });
      expect(textOf(partOf(started, 'head'))).to.include('Loopt');
      expect((await browser.visit('/console/actions/2/look-alike')).html).not.to.include('anyway');
    });

    it('is not started when it has changed since the page was made', async () => {
      await http.post('/actions', { ...ACTION, title: 'Nog een', kind: 'theft' });
      const seen = { sure: 'yes', selected: '3', version: '1' };
      http.services.selected = 4;
      const more = await browser.send('/console/actions/2/start', seen);
      expect(more.status).to.equal(409);
      expect(more.text).to.include('meer of minder mensen');
      await http.post('/actions/2/update', { message: { text: 'Nu met een blauwe jas.' } });
      const renewed = await browser.send('/console/actions/2/start', { ...seen, selected: '4' });
      expect(renewed.text).to.include('Het bericht is vernieuwd.');
      expect(http.services.actions.list()[1]).to.include({ state: 'draft' });
      const now = { ...seen, selected: '4', version: '2' };
      expect((await browser.send('/console/actions/2/start', now)).text).to.include('Loopt');
      expect((await browser.send('/console/actions/2/start', seen)).text, 'sent twice').to.include('Loopt');
    });

    it('names the missing criteria when it cannot start', async () => {
      await http.post('/actions', { ...ACTION, criteria: { timeCritical: false, clearDescription: true } });
      const refused = await browser.send('/console/actions/2/start', { sure: 'yes' });
      expect(refused.status).to.equal(409);
      expect(refused.text).to.include('Niet bevestigd is dat de zaak spoed heeft.');
    });

    it('lists its tips and missed calls, newest first, with their recordings', async () => {
      http.services.inboundKept.push(
        inbound({ id: 1 }),
        inbound({ id: 2, participantId: 2, from: null, result: 'connected', centralistId: 2 }),
        inbound({ id: 3, result: 'abandoned', receivedAt: http.clock.now() }),
        inbound({ id: 4, result: null }),
      );
      http.services.tipsKept.push(
        tip({ id: 1, inboundId: 1, note: 'bij de haven', useful: true }),
        tip({
          id: 2,
          inboundId: 2,
          participantId: 2,
          type: 'conversation',
          recordingId: null,
          createdAt: http.clock.now() - 1,
        }),
      );
      const shown = await browser.visit(page());
      const list = partOf(shown, 'tips');
      expect([...list.matchAll(/<li[^>]* id="([\w-]+)"/g)].map(([, key]) => key)).to.deep.equal([
        'call-3',
        'tip-2',
        'tip-1',
      ]);
      expect(list).to.include('src="/api/v1/recordings/1/audio"').and.include('bij de haven</textarea>');
      expect(list).to.include('Bram &lt;script&gt;').and.not.include('<script');
      expect(textOf(list)).to.include('Gesprek 11:59, met Collega, 0321-345604');
      expect(textOf(list)).to.include('Anna Voorbeeld 8251 AB, 8254 Gemiste oproep 12:00, 06-12345601');
      expect(textOf(partOf(shown, 'tips-count'))).to.equal('2 tips, 1 nog niet beoordeeld, 1 gemiste oproep.');
    });

    it('lists 200 tips on a page, with links to the next and the previous page', async () => {
      for (let id = 1; id <= 450; id++) {
        http.services.inboundKept.push(inbound({ id }));
        http.services.tipsKept.push(tip({ id, inboundId: id, createdAt: http.clock.now() - 1_000 + id }));
      }
      const keys = (shown: Page): string[] =>
        [...partOf(shown, 'tips').matchAll(/<li[^>]* id="([\w-]+)"/g)].map(([, key]) => key!);
      const ids = (from: number, to: number): string[] =>
        Array.from({ length: from - to + 1 }, (_, n) => `tip-${from - n}`);
      const links = (shown: Page): string[] =>
        [...partOf(shown, 'tips-pages').matchAll(/href="([^"]+)"/g)].map(([, to]) => to!);
      const first = await browser.visit(page());
      expect(keys(first)).to.deep.equal(ids(450, 251));
      expect(links(first)).to.deep.equal([`${page()}?page=2#tips-title`]);
      expect(textOf(partOf(first, 'tips-count'))).to.include('450 tips, 450 nog niet beoordeeld');
      const second = await browser.visit(`${page()}?page=2`);
      expect(keys(second)).to.deep.equal(ids(250, 51));
      expect(second.html).to.include(`data-here="${page()}?page=2"`);
      expect(links(second)).to.deep.equal([`${page()}#tips-title`, `${page()}?page=3#tips-title`]);
      const third = await browser.visit(`${page()}?page=3`);
      expect(keys(third)).to.deep.equal(ids(50, 1));
      expect(links(third)).to.deep.equal([`${page()}?page=2#tips-title`]);
      expect(textOf(partOf(await browser.visit(`${page()}?page=4`), 'tips'))).to.include('Hier staan geen tips meer.');
      for (const no of ['0', '-1', 'x', '2.5', '1e3', '9999999'])
        expect(keys(await browser.visit(`${page()}?page=${no}`)), no).to.have.property('0', 'tip-450');
      const fields = { note: 'Rode jas', useful: '', back: `${page()}?page=2`, at: 'tip-60' };
      const answer = await browser.sendAs('/console/tips/60', { 'sec-fetch-site': 'same-origin' }, fields);
      expect(answer.to).to.equal(`${page()}?page=2&done=noted#tip-60`);
      const elsewhere = { ...fields, back: `${page()}?page=2&at=//example.com` };
      const refused = await browser.sendAs('/console/tips/60', { 'sec-fetch-site': 'same-origin' }, elsewhere);
      expect(refused.to).to.equal('/console?done=noted#tip-60');
    });

    it('stores the note and the usefulness of a tip from one form', async () => {
      http.services.inboundKept.push(inbound({ id: 1 }));
      http.services.tipsKept.push(tip({ id: 1, inboundId: 1 }));
      const fields = { note: ' Rode jas \n gezien ', useful: 'no', back: page(), at: 'tip-1' };
      const answer = await browser.sendAs('/console/tips/1', { 'sec-fetch-site': 'same-origin' }, fields);
      expect(answer.to).to.equal(`${page()}?done=noted#tip-1`);
      expect(http.services.tipsKept[0]).to.include({ note: 'Rode jas \n gezien', useful: false });
      await browser.send('/console/tips/1', { note: '', useful: '' });
      expect(http.services.tipsKept[0]).to.include({ note: null, useful: null });
      const longest = `${'€'.repeat(1_998)}\r\n.`;
      await browser.send('/console/tips/1', { note: longest, useful: '' });
      expect(http.services.tipsKept[0]).to.include({ note: longest.replace('\r\n', '\n') });
      const refused = await browser.send('/console/tips/1', { note: `${longest}.`, useful: '' });
      expect([refused.status, refused.text.includes('Een notitie mag 2.000 tekens lang zijn.')]).to.deep.equal([
        400,
        true,
      ]);
      expect((await browser.send('/console/tips/9', { note: '', useful: '' })).status).to.equal(404);
    });

    it("calls a caller back with the user's softphone, and shows the result", async () => {
      http.services.inboundKept.push(inbound({ id: 3, result: 'abandoned' }));
      const called = await browser.send('/console/calls/3/callback', { back: page(), centralistId: '2' });
      expect(textOf(partOf(called, 'message'))).to.include('Uw toestel gaat zo over.');
      expect(textOf(partOf(called, 'tips'))).to.match(/Teruggebeld om .* door Collega: wordt nu gebeld/);
      const again = await browser.send('/console/calls/3/callback', { back: page(), centralistId: '' });
      expect(again.status).to.equal(200);
      expect(http.services.callbacksKept, 'a form sent twice makes one callback').to.have.length(1);
      expect(textOf(partOf(again, 'tips')))
        .to.include('Wordt nu teruggebeld.')
        .and.not.include('Bel terug');
      http.services.callbacksKept[0] = { ...http.services.callbacksKept[0]!, result: 'no_answer' };
      expect(await part(page(), 'tips')).to.include('nam niet op');
    });

    it('is taken over, and gets a team', async () => {
      const other = await loggedIn(http, 2);
      expect(partOf(await other.visit(page()), 'controls')).to.include('Neem de actie over');
      const taken = await other.send(`${page()}/centralist`, { centralistId: '2', back: page() });
      expect(textOf(partOf(taken, 'head'))).to.include('Van Collega (202)');
      const team = await other.send(`${page()}/team`, { centralistIds: '1', back: page() });
      expect(textOf(partOf(team, 'head'))).to.include('Team: Meldkamer');
      expect(http.services.actions.view(id).action.team).to.deep.equal([1]);
      await other.send(`${page()}/team`, { back: page() });
      expect(http.services.actions.view(id).action.team).to.deep.equal([]);
      await other.send(`${page()}/team`, { centralistIds: ['1', '2'], back: page() });
      expect(http.services.actions.view(id).action.team).to.deep.equal([1, 2]);
      expect((await other.send(`${page()}/centralist`, { centralistId: '9' })).text).to.include('Kies een centralist');
    });

    it('that does not exist gives a 404 page', async () => {
      for (const path of ['/console/actions/9', '/console/actions/x', '/console/nothing']) {
        const missing = await browser.visit(path);
        expect(missing.status, path).to.equal(404);
        expect(missing.text, path).to.include('Dit is er niet, of niet meer.');
      }
    });
  });

  describe('centralists', () => {
    it('shows registration, duty and engagement of each centralist', async () => {
      http.services.centralists.becomes(2, { registered: false, engaged: true });
      await browser.send('/console/centralists/1/duty', { onDuty: 'yes' });
      const people = partOf(await browser.visit('/console/centralists'), 'people');
      const [first, second] = people
        .split('<li')
        .slice(1)
        .map((one) => textOf(`<li${one}`));
      expect(first).to.include('Meldkamer (u) Toestel 201 Aangemeld Vrij In dienst');
      expect(second).to.include('Collega Toestel 202 Niet aangemeld Bezet Uit dienst');
    });

    it('puts a centralist on duty and off duty with one button, on any page', async () => {
      const on = await browser.send('/console/centralists/1/duty', { onDuty: 'yes', back: `/console/actions/${id}` });
      expect(textOf(partOf(on, 'self'))).to.include('In dienst Ga uit dienst');
      expect(textOf(partOf(on, 'message'))).to.include('In dienst: er komen tips binnen.');
      const off = await browser.send('/console/centralists/1/duty', { onDuty: 'no' });
      expect(textOf(partOf(off, 'self'))).to.include('Uit dienst Ga in dienst');
    });

    it('adds a centralist, and shows password, PIN and QR code once', async () => {
      const page = await browser.send('/console/centralists', { name: 'Jan de Vries', extension: '203', pin: '' });
      expect(page.status).to.equal(200);
      expect(page.text).to.include('desk-203').and.include('only-once').and.include('4711');
      expect(page.html).to.match(/class="qr"[^>]*>\s*<svg /);
      const [, link = ''] = /<code>(http[^<]*provisioning[^<]*)<\/code>/.exec(page.html) ?? [];
      expect(await (await fetch(link)).text()).to.include('"Jan de Vries"'.replaceAll('"', '&quot;'));
      expect((await browser.visit('/console/centralists/3')).text).not.to.include('only-once');
    });

    it('shows the error beside each field, and keeps the input', async () => {
      const taken = await browser.send('/console/centralists', { name: 'Jan', extension: '201', pin: '12' });
      expect(taken.status).to.equal(400);
      expect(taken.html).to.include('<a href="#pin">').and.include('value="Jan"').and.include('aria-invalid="true"');
      const again = await browser.send('/console/centralists', { name: 'Jan', extension: '201', pin: '' });
      expect(again.status).to.equal(409);
      expect(again.text).to.include('Dit toestelnummer is al van een andere centralist.');
      const empty = await browser.send('/console/centralists', {});
      expect(empty.text).to.include('Vul een naam in').and.include('Vul een toestelnummer in');
    });

    it('makes a new QR code and a new PIN', async () => {
      const link = await browser.send('/console/centralists/2/link');
      expect(link.html).to.match(/class="qr"[^>]*>\s*<svg /);
      expect(link.text).to.include('De link werkt één keer, tot 12:15.');
      const pin = await browser.send('/console/centralists/2/pin');
      expect(pin.text).to.include('De nieuwe pincode is 4711');
      expect((await browser.send('/console/centralists/9/link')).status).to.equal(404);
    });
  });

  it('shows an internal error with the request id, and without details', async () => {
    http.services.actions.view = () => {
      throw new Error('secret of the house');
    };
    const page = await browser.visit(`/console/actions/${id}`);
    expect(page.status).to.equal(500);
    expect(page.text).to.include('Er ging bij ons iets mis').and.not.include('secret');
    expect(page.text).to.include(page.headers.get('x-request-id')!);
    http.services.centralists.list = () => Promise.reject<never>(new Error('no centralists either'));
    expect((await browser.visit('/console')).status).to.equal(500);
  });

  it('names the routes of its pages in the log and the metrics, without ids', async () => {
    await browser.visit(`/console/actions/${id}`);
    await browser.visit('/console/12345');
    const routes = new Set(http.lines.map(({ fields }) => fields['route']));
    expect(routes).to.include('/console/actions/:id');
    const metrics = await (await http.ask('//metrics')).text();
    expect(metrics).to.include('route="/console/actions/:id"').and.not.include('12345');
  });
});
