import { expect } from 'chai';
import type { CentralistAccount } from '../../src/app/services.js';
import type { LiveCall } from '../../src/phonenet/index.js';
import { startExchange, type Exchange } from './support/exchange.js';
import type { SipMessage } from './support/sip-message.js';
import { dialogOf } from './support/bare-trunk.js';
import { reachable } from './support/citizens.js';
import type { Dialog, Ringing, SipPeer } from './support/sip-peer.js';

/** RFC 3326: a softphone that gets this Reason lists no missed call. */
const ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"';
/** Callers who were each reached in an action of their own, by what happens to their tips. */
const CALLERS = {
  taken: '0612348901',
  takenBeforeRinging: '0612348902',
  takenWhileTrying: '0612348903',
  takenBeforeMedia: '0612348904',
  abandoned: '0612348905',
  unanswered: '0612348906',
  transferred: '0612348907',
} as const;

describe('missed calls on the softphones of centralists', function () {
  this.timeout(90_000);
  let exchange: Exchange;
  const callers: LiveCall[] = [];

  interface Desk {
    readonly account: CentralistAccount;
    readonly phone: SipPeer;
  }
  const desk = async (): Promise<Desk> => {
    const account = await exchange.centralist();
    const phone = await exchange.peer(account);
    expect(await phone.register(300)).to.equal(200);
    return { account, phone };
  };
  const duty = (onDuty: boolean, ...desks: readonly Desk[]): Promise<unknown> =>
    Promise.all(
      desks.map(({ account }) => exchange.service.services.centralists.setDuty(account.centralist.id, onDuty)),
    );
  /** A running action of centralist `own` in which this caller was reached, with the others as its team. */
  const reached = async (from: string, own: Desk, ...team: readonly Desk[]): Promise<number> => {
    const { actions } = exchange.service.services;
    const postcode = `84${from.slice(-2)}`;
    exchange.participant(from, `${postcode}AB`);
    const centralistId = own.account.centralist.id;
    const id = await exchange.draft(postcode, { text: 'Gezocht: een kat.' }, { centralistId });
    await actions.start(id);
    actions.setTeam(
      id,
      team.map(({ account }) => account.centralist.id),
    );
    await exchange.until(id, ({ counts }) => counts.confirmed === 1, `${from} to be reached`);
    await exchange.calledOut(id);
    return id;
  };
  const calls = async (from: string): Promise<LiveCall> => {
    const live = await exchange.network.startCall({ from, script: [{ do: 'listen' }] });
    callers.push(live);
    return live;
  };
  const reasons = async (ringing: Ringing): Promise<readonly string[]> => (await ringing.cancelled).headers('reason');
  const bye = (phone: SipPeer, callId: string): Promise<SipMessage> =>
    phone.until(
      (message) => message.method === 'BYE' && message.header('call-id') === callId,
      20_000,
      'the end of the call',
    );

  before(async () => {
    exchange = await startExchange();
    await exchange.network.setCitizens(Object.values(CALLERS).map(reachable));
  });

  afterEach(async () => {
    await Promise.all(callers.splice(0).map((live) => live.hangUp()));
    const all = await exchange.service.services.centralists.list();
    for (const { centralist } of all) await exchange.service.services.centralists.setDuty(centralist.id, false);
  });

  after(() => exchange.stop());

  it('are not listed for a tip that a colleague answers', async () => {
    const [own, one, two, three] = [await desk(), await desk(), await desk(), await desk()];
    await reached(CALLERS.taken, own, one, two, three);
    await duty(false, own);
    await duty(true, one, two, three);
    const [first, second, third] = [one.phone.ringsNext(), two.phone.ringsNext(), three.phone.ringsNext()];
    await calls(CALLERS.taken);
    await Promise.all([first, second, third]);
    const dialog = (await second).answer();
    for (const ringing of [await first, await third]) expect((await reasons(ringing))[0]).to.equal(ELSEWHERE);
    await callers[0]?.hangUp();
    await bye(two.phone, dialog.callId);
  });

  for (const [how, caller, sign] of [
    ['rings only afterwards', CALLERS.takenBeforeRinging, '180 Ringing'],
    ['sends only 100 Trying', CALLERS.takenWhileTrying, '100 Trying'],
    ['sends early media only afterwards', CALLERS.takenBeforeMedia, '183 Session Progress'],
  ] as const) {
    it(`are not listed for a tip that a colleague answers, on a softphone that ${how}`, async () => {
      const [own, one, late] = [await desk(), await desk(), await desk()];
      const { tips } = exchange.service.services;
      const actionId = await reached(caller, own, one, late);
      await duty(false, own);
      await duty(true, one, late);
      const [first, second] = [one.phone.ringsNext(), late.phone.ringsNext('silent')];
      await calls(caller);
      const slow = await second;
      const dialog = (await first).answer();
      const talking = (): boolean => tips.calls({ actionId }).some(({ connectedAt }) => connectedAt !== null);
      await exchange.until(actionId, talking, 'the caller and the centralist to talk');
      slow.progress(sign);
      expect((await reasons(slow))[0]).to.equal(ELSEWHERE);
      await callers[0]?.hangUp();
      await bye(one.phone, dialog.callId);
    });
  }

  it('are listed on every softphone that was rung when the caller gives up', async () => {
    const [own, one, two] = [await desk(), await desk(), await desk()];
    await reached(CALLERS.abandoned, own, one, two);
    await duty(false, own);
    await duty(true, one, two);
    const ringing = [one.phone.ringsNext(), two.phone.ringsNext()];
    const live = await calls(CALLERS.abandoned);
    const rung = await Promise.all(ringing);
    await live.hangUp();
    for (const each of rung) expect(await reasons(each)).not.to.include(ELSEWHERE);
  });

  it('are listed for a centralist who does not answer, also when a colleague answers afterwards', async () => {
    const [own, one] = [await desk(), await desk()];
    await reached(CALLERS.unanswered, own, one);
    await duty(true, one);
    const [first, second] = [own.phone.ringsNext(), one.phone.ringsNext()];
    await calls(CALLERS.unanswered);
    const [unanswered, answered] = [await first, await second];
    expect(await reasons(unanswered)).not.to.include(ELSEWHERE);
    const dialog = answered.answer();
    await callers[0]?.hangUp();
    await bye(one.phone, dialog.callId);
  });

  it('are listed for a colleague who rang in vain, but not when that colleague transfers a caller instead', async () => {
    const [own, colleague] = [await desk(), await desk()];
    const { extension } = colleague.account.centralist;
    const dialled = async (): Promise<[Ringing, Dialog]> => {
      const ringing = colleague.phone.ringsNext();
      const dialog = dialogOf(await own.phone.invite({ user: extension }));
      return [await ringing, dialog];
    };
    const [missed, inVain] = await dialled();
    await inVain.hangUp();
    expect(await reasons(missed)).not.to.include(ELSEWHERE);

    await reached(CALLERS.transferred, own);
    const answering = own.phone.answersNext();
    await calls(CALLERS.transferred);
    const tip = await answering;
    const [consulted, consulting] = await dialled();
    const again = colleague.phone.ringsNext();
    const server = `${exchange.sip.host}:${exchange.sip.port}`;
    const to = `<sip:${extension}@${server}?Replaces=${encodeURIComponent(consulting.replaces)}>`;
    expect((await tip.request('REFER', [['Refer-To', to]])).status).to.equal(202);
    expect((await reasons(consulted))[0]).to.equal(ELSEWHERE);
    const dialog = (await again).answer();
    await tip.over;
    await callers[0]?.hangUp();
    await bye(colleague.phone, dialog.callId);
  });
});
