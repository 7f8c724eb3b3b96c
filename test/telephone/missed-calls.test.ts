import { expect } from 'chai';
import type { CentralistAccount } from '../../src/app/services.js';
import type { LiveCall } from '../../src/phonenet/index.js';
import { startExchange, type Exchange } from './support/exchange.js';
import type { SipMessage } from './support/sip-message.js';
import { startPeer, type Ringing, type SipPeer } from './support/sip-peer.js';

/** RFC 3326: a softphone that reads this keeps no missed call. */
const ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"';
/** Each of them was reached in an action of its own. */
const CALLERS = {
  taken: '0612348901',
  late: '0612348902',
  tries: '0612348903',
  early: '0612348904',
  givesUp: '0612348905',
  unheard: '0612348906',
  passedOn: '0612348907',
} as const;

describe('missed calls on the softphones of centralists', function () {
  this.timeout(90_000);
  let exchange: Exchange;
  const peers: SipPeer[] = [];
  const callers: LiveCall[] = [];

  interface Desk {
    readonly account: CentralistAccount;
    readonly phone: SipPeer;
  }
  const desk = async (): Promise<Desk> => {
    const account = await exchange.centralist();
    const { sipUsername: username, sipPassword: password } = account.centralist;
    const phone = await startPeer(exchange.sip, { username, password });
    peers.push(phone);
    expect(await phone.register(300)).to.equal(200);
    return { account, phone };
  };
  const duty = (onDuty: boolean, ...desks: readonly Desk[]): Promise<unknown> =>
    Promise.all(desks.map(({ account }) => exchange.service.services.desk.setDuty(account.centralist.id, onDuty)));
  /** A running action of the first in which this caller was reached; the others are its team. Who is left out is off duty. */
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
  const rings = async (from: string): Promise<LiveCall> => {
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
    await exchange.network.setCitizens(
      Object.values(CALLERS).map((number) => ({
        number,
        persona: 'hangs_up_in_message' as const,
        answerAfterMs: 200,
        pressAfterMs: 300,
        hangUpAfterMs: 400,
      })),
    );
  });

  afterEach(async () => {
    await Promise.all(callers.splice(0).map((live) => live.hangUp()));
    const all = await exchange.service.services.desk.list();
    for (const { centralist } of all) await exchange.service.services.desk.setDuty(centralist.id, false);
  });

  after(async () => {
    for (const peer of peers) peer.close();
    await exchange.stop();
  });

  it('a tip that a colleague takes is missed by nobody', async () => {
    const [own, one, two, three] = [await desk(), await desk(), await desk(), await desk()];
    await reached(CALLERS.taken, own, one, two, three);
    await duty(false, own);
    await duty(true, one, two, three);
    const [first, second, third] = [one.phone.ringsNext(), two.phone.ringsNext(), three.phone.ringsNext()];
    await rings(CALLERS.taken);
    await Promise.all([first, second, third]);
    const dialog = (await second).answer();
    for (const ringing of [await first, await third]) expect((await reasons(ringing))[0]).to.equal(ELSEWHERE);
    await callers[0]?.hangUp();
    await bye(two.phone, dialog.callId);
  });

  for (const [how, caller, sign] of [
    ['rings late', CALLERS.late, '180 Ringing'],
    ['says only that it tries', CALLERS.tries, '100 Trying'],
    ['has early media late', CALLERS.early, '183 Session Progress'],
  ] as const) {
    it(`a tip that a colleague takes is not missed by a softphone that ${how}`, async () => {
      const [own, one, late] = [await desk(), await desk(), await desk()];
      const { tips } = exchange.service.services;
      const actionId = await reached(caller, own, one, late);
      await duty(false, own);
      await duty(true, one, late);
      const [first, second] = [one.phone.ringsNext(), late.phone.ringsNext('silent')];
      await rings(caller);
      const slow = await second;
      const dialog = (await first).answer();
      const talking = (): boolean => tips.calls({ actionId }).some(({ connectedAt }) => connectedAt !== null);
      await exchange.until(actionId, talking, 'the caller and the centralist to talk');
      slow.says(sign);
      expect((await reasons(slow))[0]).to.equal(ELSEWHERE);
      await callers[0]?.hangUp();
      await bye(one.phone, dialog.callId);
    });
  }

  it('a tip whose caller gives up is missed by everybody who was rung', async () => {
    const [own, one, two] = [await desk(), await desk(), await desk()];
    await reached(CALLERS.givesUp, own, one, two);
    await duty(false, own);
    await duty(true, one, two);
    const ringing = [one.phone.ringsNext(), two.phone.ringsNext()];
    const live = await rings(CALLERS.givesUp);
    const rung = await Promise.all(ringing);
    await live.hangUp();
    for (const each of rung) expect(await reasons(each)).not.to.include(ELSEWHERE);
  });

  it('a tip is missed by a centralist who lets it ring, also when a colleague takes it after that', async () => {
    const [own, one] = [await desk(), await desk()];
    await reached(CALLERS.unheard, own, one);
    await duty(true, one);
    const [first, second] = [own.phone.ringsNext(), one.phone.ringsNext()];
    await rings(CALLERS.unheard);
    const [unheard, taken] = [await first, await second];
    expect(await reasons(unheard)).not.to.include(ELSEWHERE);
    const dialog = taken.answer();
    await callers[0]?.hangUp();
    await bye(one.phone, dialog.callId);
  });

  it('a colleague who rings in vain is missed; one who passes a caller on instead is not', async () => {
    const [own, colleague] = [await desk(), await desk()];
    const { extension } = colleague.account.centralist;
    const dialled = async (): Promise<[Ringing, NonNullable<Awaited<ReturnType<SipPeer['invite']>>['dialog']>]> => {
      const ringing = colleague.phone.ringsNext();
      const { dialog } = await own.phone.invite({ user: extension });
      if (!dialog) throw new Error('the extension was not answered');
      return [await ringing, dialog];
    };
    const [missed, vain] = await dialled();
    await vain.hangUp();
    expect(await reasons(missed)).not.to.include(ELSEWHERE);

    await reached(CALLERS.passedOn, own);
    const answering = own.phone.answersNext();
    await rings(CALLERS.passedOn);
    const tip = await answering;
    const [asked, asking] = await dialled();
    const again = colleague.phone.ringsNext();
    const server = `${exchange.sip.host}:${exchange.sip.port}`;
    const to = `<sip:${extension}@${server}?Replaces=${encodeURIComponent(asking.replaces)}>`;
    expect((await tip.request('REFER', [['Refer-To', to]])).status).to.equal(202);
    expect((await reasons(asked))[0]).to.equal(ELSEWHERE);
    const dialog = (await again).answer();
    await tip.over;
    await callers[0]?.hangUp();
    await bye(colleague.phone, dialog.callId);
  });
});
