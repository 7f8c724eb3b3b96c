import { expect } from 'chai';
import type { CentralistAccount, SoftphoneAccount } from '../../src/app/services.js';
import { eventually } from './support/adapter.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { startPeer, type PeerAccount, type SipPeer } from './support/sip-peer.js';

const GUESSER = '127.0.0.2';
const ELSEWHERE = '127.0.0.3';
const SHARED = '127.0.0.4';
/** On loopback a name that is no account may pass for the trunk, which knows no such number: 404. */
const REFUSED = [401, 403, 404];
const SOON_MS = 5_000;
/** The first pauses are 2, 4 and 8 s; the machine may be slow. */
const AFTER_THE_PAUSE_MS = 30_000;

describe('guessing the password of a softphone, on a real Asterisk', function () {
  this.timeout(90_000);
  let exchange: Exchange;
  const peers: SipPeer[] = [];
  before(async () => void (exchange = await startExchange()));
  after(async () => {
    for (const peer of peers) peer.close();
    await exchange.stop();
  });

  const phone = async (account: PeerAccount, address?: string): Promise<SipPeer> => {
    const peer = await startPeer(exchange.sip, account, address);
    peers.push(peer);
    return peer;
  };
  const accountOf = ({ centralist }: SoftphoneAccount | CentralistAccount): PeerAccount => ({
    username: centralist.sipUsername,
    password: centralist.sipPassword,
  });
  const registered = async (id: number): Promise<boolean> =>
    (await exchange.service.services.desk.list()).find(({ centralist }) => centralist.id === id)?.registered === true;

  it('is slowed for the address that guesses; the rightful one gets in meanwhile, and from there afterwards', async () => {
    const account = accountOf(await exchange.centralist('301'));
    const guesser = await phone({ ...account, password: 'not-it' }, GUESSER);
    const fromThere = await phone(account, GUESSER);
    // Asterisk answers every try with 401. While the address has to wait, it does so without a look at the password.
    const rightOne = await eventually(
      async () => {
        for (let n = 0; n < 30; n += 1) expect(await guesser.register(60)).to.equal(401);
        const status = await fromThere.register(60);
        return status === 401 ? status : undefined;
      },
      AFTER_THE_PAUSE_MS,
      'even the right password is refused from the address that guesses',
    );
    expect(rightOne).to.equal(401);
    const rightful = await phone(account, ELSEWHERE);
    expect(await rightful.register(60)).to.equal(200);
    expect(await rightful.register(0)).to.equal(200);
    await eventually(
      async () => ((await fromThere.register(60)) === 200 ? true : undefined),
      AFTER_THE_PAUSE_MS,
      'the rightful one registers from the address that guessed',
    );
    const guessing = exchange.service.services.alarms.now.find(({ code }) => code === 'guessing');
    expect(guessing).to.include({ code: 'guessing', door: 'sip' });
  });

  it('locks out no softphone at the address of a guesser who never stops: it registers, stays registered and calls', async () => {
    const account = accountOf(await exchange.centralist('304'));
    const guesser = await phone({ ...account, password: 'not-it' }, SHARED);
    const rightful = await phone(account, SHARED);
    let [over, guesses] = [false, 0];
    const guessing = (async () => {
      for (; !over; guesses += 1) expect(await guesser.register(60)).to.equal(401);
    })();
    // The account has refused the address when the right password is refused. To unregister proves nothing of an address.
    await eventually(
      async () => ((await rightful.register(0)) === 401 ? true : undefined),
      AFTER_THE_PAUSE_MS,
      'the address has to wait',
    );
    await eventually(
      async () => ((await rightful.register(60)) === 200 ? true : undefined),
      AFTER_THE_PAUSE_MS,
      'the rightful one registers between two pauses',
    );
    // From now on the address has proved itself, so that no guess makes the account refuse it.
    const before = guesses;
    await eventually(() => guesses > before + 200 || undefined, AFTER_THE_PAUSE_MS, 'many guesses more');
    for (let n = 0; n < 5; n += 1) expect(await rightful.register(60)).to.equal(200);
    const { dialog } = await rightful.invite({ user: '*30' });
    expect(dialog, 'the rightful one calls').not.to.equal(undefined);
    await dialog?.hangUp();
    over = true;
    await guessing;
    const alarm = exchange.service.services.alarms.now.find(({ code }) => code === 'guessing');
    expect(alarm).to.include({ code: 'guessing', door: 'sip' });
  });

  it('locks a softphone out at once with a new password', async () => {
    const before = await exchange.centralist('302');
    const { id } = before.centralist;
    const stolen = await phone(accountOf(before));
    expect(await stolen.register(300)).to.equal(200);
    await eventually(async () => (await registered(id)) || undefined, SOON_MS, 'registered');

    const after = await exchange.service.services.desk.newAccount(id);
    expect(await registered(id)).to.equal(false);
    expect(await stolen.register(300)).to.be.oneOf(REFUSED);
    const call = await stolen.invite({ user: '*30' });
    expect(call.response.status).to.be.oneOf(REFUSED);
    const own = await phone(accountOf(after));
    expect(await own.register(300)).to.equal(200);
    await eventually(async () => (await registered(id)) || undefined, SOON_MS, 'registered with the new account');
  });

  it('locks the softphone of a centralist out at once who is removed, and frees the extension', async () => {
    const gone = await exchange.centralist('303');
    const softphone = await phone(accountOf(gone));
    expect(await softphone.register(300)).to.equal(200);
    await exchange.service.services.desk.remove(gone.centralist.id);
    expect(await softphone.register(300)).to.be.oneOf(REFUSED);
    const list = await exchange.service.services.desk.list();
    expect(list.map(({ centralist }) => centralist.id)).not.to.include(gone.centralist.id);
    const next = await exchange.centralist('303');
    expect(next.centralist.id).not.to.equal(gone.centralist.id);
    expect(await (await phone(accountOf(next))).register(60)).to.equal(200);
  });
});
