import { expect } from 'chai';
import { freePort } from '../../src/adapters/asterisk/process/ports-free.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { operator, refuses, requestsTo, sends } from './support/operator.js';
import { startSipp, type SippRun } from './support/sipp.js';

const PEOPLE = 80;
const CPS = 20;
const numberOf = (n: number): string => `06123450${String(n).padStart(2, '0')}`;
const trunkNumber = (n: number): string => numberOf(n).slice(1);
const BUSY = refuses('486 Busy Here', { before: sends('180 Ringing') });
const refusesFor = (status: string, retryAfter: string): string =>
  refuses(status, { header: `Retry-After: ${retryAfter}` });
/**
 * The first number that is called and two others are always refused, each in its own way. Asterisk drops a
 * response whose Retry-After is not a number, so the last of the three rings out for our side.
 */
const BAD: ReadonlyMap<number, string> = new Map([
  [1, refusesFor('503 Service Unavailable', '61')],
  [40, refusesFor('500 Server Internal Error', '2147483647')],
  [60, refusesFor('429 Too Many Requests', 'in a while')],
]);
const FULL = Array.from({ length: 15 }, (_, n) => 81 + n);

describe('the refusals of an operator', function () {
  this.timeout(120_000);
  let exchange: Exchange;
  let sipp: SippRun;
  const everybody = Array.from({ length: PEOPLE }, (_, index) => index + 1);
  const invitesTo = async (n: number): Promise<number> =>
    requestsTo(await sipp.messages(), trunkNumber(n)).filter((method) => method === 'INVITE').length;
  const start = async (postcode: string, people: readonly number[]): Promise<number> => {
    for (const n of people) exchange.participant(numberOf(n), `${postcode}AB`);
    const id = await exchange.draft(postcode, { text: 'Gezocht: een man met een groene pet.' }, { kind: 'theft' });
    await exchange.service.services.actions.start(id);
    return id;
  };

  before(async () => {
    const port = await freePort('127.0.0.1');
    const town = everybody.map((n) => [trunkNumber(n), BAD.get(n) ?? BUSY] as const);
    const full = FULL.map((n) => [trunkNumber(n), refusesFor('503 Service Unavailable', '30')] as const);
    sipp = await startSipp({ scenario: operator(new Map([...town, ...full])), port, calls: 'any' });
    // After SIPp, because an operator that does not answer OPTIONS counts as a dead trunk.
    exchange = await startExchange({ trunkPort: port, env: { BURGERNET_CPS: String(CPS), BURGERNET_LINES: '60' } });
  });

  after(async () => {
    sipp.stop();
    await exchange.stop();
  });

  it('of three numbers do not delay the other 77, which are called at nearly the full rate', async () => {
    const id = await start('8251', everybody);
    const { counts } = await exchange.until(
      id,
      (view) => view.counts.busy === PEOPLE - BAD.size,
      'every other call to end busy',
    );
    expect(counts.congestion).to.be.within(2, 8);
    const dialled = exchange.service.services.actions.attempts(id).filter(({ outcome }) => outcome === 'busy');
    const times = dialled.map(({ dialedAt }) => dialedAt);
    // At the full rate the calls take 4 s.
    expect(Math.max(...times) - Math.min(...times)).to.be.lessThan((2 * 1_000 * PEOPLE) / CPS);
    for (const n of everybody.filter((one) => !BAD.has(one))) expect(await invitesTo(n), `person ${n}`).to.equal(1);
    expect(await invitesTo(1), 'the operator asked for a pause of 61 s').to.equal(1);
    expect(exchange.service.services.actions.view(id).warning).to.equal(null);
    await exchange.service.services.actions.close(id, { result: 'found' });
    await exchange.calledOut(id);
  });

  it('of a full trunk stop all calls for as long as the operator asks', async () => {
    const id = await start('8299', FULL);
    const { warning } = await exchange.until(id, (view) => view.warning !== null, 'the warning about the limit');
    expect(warning).to.match(/^the operator limits us \(SIP 503 Service Unavailable\): no new call for (2\d|30) s/);
    const { counts } = exchange.service.services.actions.view(id);
    expect(counts.waiting).to.be.at.least(FULL.length - 8);
    const tried = await Promise.all(FULL.map(invitesTo));
    expect(tried.filter((invites) => invites > 0)).to.have.lengthOf.within(4, 8);
    expect(Math.max(...tried)).to.equal(1);
    await exchange.service.services.actions.close(id, { result: 'found' });
    await exchange.calledOut(id);
  });
});
