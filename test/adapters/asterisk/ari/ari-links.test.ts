import { expect } from 'chai';
import { AriLinks } from '../../../../src/adapters/asterisk/ari/ari-links.js';
import { ALERT_APP, TIP_APP } from '../../../../src/adapters/asterisk/ari/events.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { FakeLog } from '../../../support/fake-log.js';
import { eventually, FakeAri, type RestRequest } from './fake-ari.js';

describe('the two ARI links', () => {
  let ari: FakeAri;
  let links: AriLinks;
  let clock: FakeClock;
  let log: FakeLog;
  let ups: number;
  let prepare: () => Promise<void>;

  beforeEach(async () => {
    ari = await FakeAri.start();
    [clock, log, ups, prepare] = [new FakeClock(), new FakeLog(), 0, () => Promise.resolve()];
    links = new AriLinks({
      address: ari.address,
      clock,
      log,
      onEvent: () => undefined,
      onUp: () => {
        ups++;
        return prepare();
      },
      onDown: () => undefined,
    });
  });

  afterEach(async () => {
    links.close();
    await clock.advance(500);
    await ari.close();
    expect(clock.pending, 'timers left behind').to.equal(0);
  });

  const filters = (app: string): RestRequest[] =>
    ari.requests.filter(({ uri }) => uri === `applications/${app}/eventFilter`);
  /** Answers every request for a filter that has no answer yet. */
  const answered = new Set<RestRequest>();
  const answer = (app: string, status: number): void => {
    for (const request of filters(app)) {
      if (!answered.has(request)) ari.answer(request, status);
      answered.add(request);
    }
  };
  const isIn = (message: string): boolean => log.said('error').includes(message);

  it('prepare once when both have their filter', async () => {
    links.open();
    await eventually(() => filters(ALERT_APP).length === 1 && filters(TIP_APP).length === 1);
    expect(ups).to.equal(0);
    answer(ALERT_APP, 204);
    answer(TIP_APP, 204);
    await eventually(() => ups === 1);
  });

  it('ask again for a filter that failed, also while the other link is down', async () => {
    links.alert.open();
    await eventually(() => filters(ALERT_APP).length === 1);
    answer(ALERT_APP, 500);
    await eventually(() => isIn('asterisk could not be prepared; trying again'));
    await clock.advance(1_000);
    await eventually(() => filters(ALERT_APP).length === 2);
    answer(ALERT_APP, 204);
    links.tips.open();
    await eventually(() => filters(TIP_APP).length === 1);
    answer(TIP_APP, 204);
    await eventually(() => ups === 1);
  });

  it('do not prepare a second time because one filter failed at first', async () => {
    links.open();
    await eventually(() => filters(ALERT_APP).length === 1 && filters(TIP_APP).length === 1);
    answer(TIP_APP, 204);
    await eventually(() => ups === 1);
    answer(ALERT_APP, 500);
    await eventually(() => isIn('asterisk could not be prepared; trying again'));
    await clock.advance(1_000);
    await eventually(() => filters(ALERT_APP).length === 2);
    answer(ALERT_APP, 204);
    // The answer to a later request shows that the one before it has been handled.
    const later = links.alert.request('GET', 'asterisk/ping');
    await eventually(() => ari.requests.some(({ uri }) => uri === 'asterisk/ping'));
    ari.answer(ari.requests.at(-1)!, 200);
    await later;
    expect(ups).to.equal(1);
  });

  it('prepare again when that failed', async () => {
    prepare = () => Promise.reject(new Error('no accounts'));
    links.open();
    await eventually(() => filters(ALERT_APP).length === 1 && filters(TIP_APP).length === 1);
    answer(ALERT_APP, 204);
    answer(TIP_APP, 204);
    await eventually(() => isIn('asterisk could not be prepared; trying again'));
    prepare = () => Promise.resolve();
    await clock.advance(1_000);
    await eventually(() => filters(ALERT_APP).length === 2);
    answer(ALERT_APP, 204);
    answer(TIP_APP, 204);
    await eventually(() => ups === 2);
  });
});
