import { expect } from 'chai';
import { loggedIn, openBrowser, partOf } from './browser.js';
import { openReader } from './event-reader.js';
import { startHarness, TOKEN, withAction, type Harness } from './harness.js';

const HOUR_MS = 3_600_000;

describe('HTTP: console sessions', () => {
  let http: Harness;
  beforeEach(async () => void (http = await startHarness()));
  afterEach(() => http.close());

  it('redirects to the login page, and after the login to the requested page', async () => {
    const browser = openBrowser(http);
    expect((await browser.visit('/')).to).to.equal('/console');
    expect((await browser.visit('/console')).to).to.equal('/console/login?back=%2Fconsole');
    const asked = await browser.visit('/console/centralists');
    expect(asked.to).to.equal('/console/login?back=%2Fconsole%2Fcentralists');
    const form = await browser.visit(asked.to!);
    expect(form.status).to.equal(200);
    expect(form.html).to.include('<input type="hidden" name="back" value="/console/centralists">');
    const who = await browser.send('/console/login', { token: TOKEN, back: '/console/centralists' });
    expect(who.text).to.include('Wie bent u?');
    const page = await browser.send('/console/who', { centralistId: '', back: '/console/centralists' });
    expect(page.html).to.include('<h1>Centralisten</h1>');
  });

  it('never redirects to another site', async () => {
    const browser = await loggedIn(http);
    for (const back of ['https://elsewhere.example/', '//elsewhere.example', '/console/../x', '/consolex', 'console']) {
      const answer = await browser.sendAs(
        '/console/who',
        { 'sec-fetch-site': 'same-origin' },
        { centralistId: '', back },
      );
      expect(answer.to, back).to.equal('/console');
    }
  });

  it('refuses a login without the token, and logs it', async () => {
    const browser = openBrowser(http);
    for (const token of ['', 'wrong-token', `${TOKEN}x`]) {
      const page = await browser.send('/console/login', { token });
      expect(page.status).to.equal(401);
      expect(page.text).to.include('Dit is niet het toegangstoken.');
      expect(browser.cookie).to.equal('');
    }
    expect(http.lines.filter(({ message }) => message === 'console login refused')).to.have.length(3);
    expect(JSON.stringify(http.lines)).not.to.include('wrong-token');
  });

  it('sets a cookie that is HttpOnly and SameSite=Strict, and Secure over TLS', async () => {
    const answer = await openBrowser(http).sendAs(
      '/console/login',
      { 'sec-fetch-site': 'same-origin' },
      { token: TOKEN },
    );
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).to.match(/^burgernet_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const overTls = await openBrowser(http).sendAs(
      '/console/login',
      { 'sec-fetch-site': 'same-origin', 'x-forwarded-proto': 'https' },
      { token: TOKEN },
    );
    expect(overTls.headers.getSetCookie()[0]).to.include('; Secure');
  });

  it('ends a session after twelve hours without a request, or after a day', async () => {
    const browser = await loggedIn(http);
    await http.clock.advance(11 * HOUR_MS);
    expect((await browser.visit('/console')).status).to.equal(200);
    await http.clock.advance(11 * HOUR_MS);
    expect((await browser.visit('/console')).status).to.equal(200);
    await http.clock.advance(2 * HOUR_MS);
    expect((await browser.visit('/console')).to).to.match(/login/);
    const idle = await loggedIn(http);
    await http.clock.advance(12 * HOUR_MS);
    expect((await idle.visit('/console')).to).to.match(/login/);
  });

  it('keeps a session while a page is open, for at most a day', async () => {
    const browser = await loggedIn(http);
    const page = await openReader(`${http.url}/console/live`, { cookie: browser.cookie });
    await http.clock.advance(23 * HOUR_MS);
    expect((await browser.visit('/console')).status).to.equal(200);
    const ended = page.ended();
    await http.clock.advance(HOUR_MS);
    await ended;
    expect((await browser.visit('/console')).to).to.match(/login/);
    const left = await loggedIn(http);
    const other = await openReader(`${http.url}/console/live`, { cookie: left.cookie });
    await http.clock.advance(11 * HOUR_MS);
    await other.leave();
    await http.services.untilListeners(0);
    await http.clock.advance(12 * HOUR_MS);
    expect((await left.visit('/console')).to).to.match(/login/);
  });

  it('ends a session at logout, and no other session', async () => {
    const [here, there] = [await loggedIn(http), await loggedIn(http)];
    const old = here.cookie;
    const page = await here.send('/console/logout');
    expect(page.text).to.include('U bent uitgelogd.');
    here.cookie = old;
    expect((await here.visit('/console')).to).to.match(/login/);
    expect((await there.visit('/console')).status).to.equal(200);
  });

  it('ends the streams of a session with the session', async () => {
    await withAction(http);
    const browser = await loggedIn(http);
    const streams = [
      await openReader(`${http.url}/console/live`, { cookie: browser.cookie }),
      await openReader(`${http.url}/api/v1/events`, { cookie: browser.cookie }),
      await openReader(`${http.url}/api/v1/actions/1/events`, { cookie: browser.cookie }),
    ];
    const ended = Promise.all(streams.map((stream) => stream.ended()));
    await browser.send('/console/logout');
    await ended;
    await http.services.untilListeners(0);
  });

  it('refuses a change that another site makes the browser send', async () => {
    const id = await withAction(http);
    const browser = await loggedIn(http);
    const elsewhere: Record<string, string>[] = [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://elsewhere.example' },
      { origin: 'null' },
      // Sec-Fetch-Site takes precedence over Origin.
      { 'sec-fetch-site': 'cross-site', origin: http.url },
    ];
    for (const headers of elsewhere) {
      const refused = await browser.sendAs(`/console/actions/${id}/start`, headers, { sure: 'yes' });
      expect(refused.status, JSON.stringify(headers)).to.equal(403);
      expect(refused.text).to.include('Er is niets veranderd');
      const login = await openBrowser(http).sendAs('/console/login', headers, { token: TOKEN });
      expect([login.status, login.headers.getSetCookie().length]).to.deep.equal([403, 0]);
    }
    expect(http.services.actions.view(id).action.state).to.equal('draft');
    // Without TLS a browser sends Origin only.
    const ours = await browser.sendAs(`/console/actions/${id}/start`, { origin: http.url }, { sure: 'yes' });
    expect(ours.status).to.equal(303);
    const proxied = {
      origin: 'https://meldkamer.example',
      'x-forwarded-host': 'meldkamer.example',
      'x-forwarded-proto': 'https',
    };
    expect((await browser.sendAs(`/console/actions/${id}/pause`, proxied)).status).to.equal(303);
  });

  it('allows API calls with a session, and changes only from the console itself', async () => {
    const id = await withAction(http);
    const browser = await loggedIn(http);
    const ask = (init: RequestInit & { headers: Record<string, string> }): Promise<Response> =>
      fetch(`${http.url}/api/v1/centralists/1/duty`, {
        method: 'PUT',
        body: '{"onDuty":true}',
        ...init,
        headers: { 'content-type': 'application/json', ...init.headers },
      });
    const seen = await fetch(`${http.url}/api/v1/actions/${id}`, { headers: { cookie: browser.cookie } });
    expect(seen.status).to.equal(200);
    expect((await ask({ headers: { cookie: browser.cookie, 'sec-fetch-site': 'same-origin' } })).status).to.equal(200);
    const cross = await ask({ headers: { cookie: browser.cookie, 'sec-fetch-site': 'cross-site' } });
    expect(cross.status).to.equal(403);
    expect(await cross.json()).to.deep.include({ code: 'forbidden', details: [] });
    expect(
      (await ask({ headers: { cookie: 'burgernet_session=guess', 'sec-fetch-site': 'same-origin' } })).status,
    ).to.equal(401);
    // A wrong token is refused even when the cookie is good.
    const both = await ask({
      headers: { cookie: browser.cookie, authorization: 'Bearer wrong', 'sec-fetch-site': 'same-origin' },
    });
    expect(both.status).to.equal(401);
  });

  it('remembers the chosen centralist per session', async () => {
    await withAction(http);
    await http.post('/centralists', { name: 'Collega <b>', extension: '202' });
    const [here, there] = [await loggedIn(http, 2), await loggedIn(http)];
    expect(partOf(await here.visit('/console'), 'self')).to.include('Collega &lt;b&gt; (202)');
    expect(partOf(await there.visit('/console'), 'self')).to.include('Kies wie u bent');
    await here.send('/console/who', { centralistId: '' });
    expect(partOf(await here.visit('/console'), 'self')).to.include('Kies wie u bent');
  });

  it('sends a strict content security policy, and forbids frames and caching', async () => {
    const page = await openBrowser(http).visit('/console/login');
    const rules = page.headers.get('content-security-policy');
    expect(rules)
      .to.include("default-src 'none'")
      .and.include("script-src 'self'")
      .and.include("frame-ancestors 'none'");
    expect(rules).not.to.match(/unsafe|\*|upgrade-insecure/);
    expect(page.headers.get('cache-control')).to.equal('no-store');
    expect(page.headers.get('referrer-policy')).to.equal('same-origin');
    expect(page.html).not.to.match(/ style=| on\w+=|<style|<script(?![^>]* src=)/);
    for (const [file, type] of [
      ['live.js', /javascript/],
      ['merge.js', /javascript/],
      ['console.css', /css/],
      ['icon.svg', /svg/],
    ] as const) {
      const asset = await fetch(`${http.url}/console/assets/${file}`);
      expect(asset.status, file).to.equal(200);
      expect(asset.headers.get('content-type'), file).to.match(type);
    }
    const outside = await fetch(`${http.url}/console/assets/..%2fviews%2flogin.eta`, { redirect: 'manual' });
    expect(outside.status).not.to.equal(200);
  });
});
