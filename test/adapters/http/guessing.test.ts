import { expect } from 'chai';
import { FREE_TRIES } from '../../../src/domain/guessing.js';
import { openBrowser } from './browser.js';
import { startHarness, TOKEN, type Harness } from './harness.js';

describe('HTTP: guessing the token', () => {
  let http: Harness;
  beforeEach(async () => void (http = await startHarness()));
  afterEach(() => http.close());

  const ask = (token: string, headers: Record<string, string> = {}): Promise<Response> =>
    http.ask('/actions', { headers: { authorization: `Bearer ${token}`, ...headers } });

  /** Advances the server's clock until a response that is held back arrives. */
  const late = async <T>(answer: Promise<T>): Promise<T> => {
    let hasArrived = false;
    void answer.finally(() => void (hasArrived = true));
    while (!hasArrived) {
      await http.clock.advance(100);
      await new Promise(setImmediate);
    }
    return answer;
  };

  const guess = async (times: number, headers: Record<string, string> = {}): Promise<void> => {
    for (let n = 0; n < times; n += 1) expect((await ask(`wrong-${n}`, headers)).status).to.equal(401);
  };

  it('is delayed after ten wrong tokens from one address, and answered 429 with Retry-After', async () => {
    await guess(FREE_TRIES);
    const before = http.clock.monotonic();
    const answer = await late(ask('wrong-again'));
    expect(answer.status).to.equal(429);
    expect(Number(answer.headers.get('retry-after'))).to.be.within(1, 2);
    expect(await answer.json()).to.include({ code: 'too_many_tries' });
    expect(http.clock.monotonic() - before).to.be.at.least(1_000);
  });

  it('does not stop the right token from the same address', async () => {
    await guess(FREE_TRIES);
    expect((await ask(TOKEN)).status).to.equal(200);
    const browser = openBrowser(http);
    expect((await browser.send('/console/login', { token: TOKEN })).status).to.be.oneOf([200, 303]);
  });

  it('is delayed at the login form of the console too, with an explanation in Dutch', async () => {
    const browser = openBrowser(http);
    for (let n = 0; n < FREE_TRIES; n += 1) {
      expect((await browser.send('/console/login', { token: `wrong-${n}` })).status).to.equal(401);
    }
    const page = await late(browser.send('/console/login', { token: 'wrong-again' }));
    expect(page.status).to.equal(429);
    expect(page.text).to.match(/Probeer het over \d seconden? opnieuw/);
  });

  it('does not delay other clients of a proxy on this machine', async () => {
    await guess(FREE_TRIES, { 'x-forwarded-for': '192.0.2.1' });
    expect((await ask('wrong', { 'x-forwarded-for': '192.0.2.2' })).status).to.equal(401);
    // A client can write entries itself, but only before the entry of the proxy.
    expect((await late(ask('wrong', { 'x-forwarded-for': '192.0.2.9, 192.0.2.1' }))).status).to.equal(429);
  });

  it('holds back at most fifty responses at a time', async () => {
    await guess(FREE_TRIES);
    const answers = Array.from({ length: 60 }, () => ask('wrong-again'));
    // The clock stands still, so a response that arrives was not held back.
    const first = await Promise.race(answers);
    expect(first.status).to.equal(429);
    const all = await late(Promise.all(answers));
    expect(all.every(({ status }) => status === 429)).to.equal(true);
  });

  it('does not count a request without a token', async () => {
    for (let n = 0; n < 30; n += 1) {
      const answer = await fetch(`${http.url}/api/v1/actions`);
      expect(answer.status).to.equal(401);
    }
    expect((await ask('wrong')).status).to.equal(401);
  });
});
