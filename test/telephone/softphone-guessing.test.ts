import { expect } from 'chai';
import type { CentralistAccount, SoftphoneAccount } from '../../src/app/services.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';
import { startPeer, type PeerAccount, type SipPeer } from './support/sip-peer.js';

const GUESSER = '127.0.0.2';
const ELSEWHERE = '127.0.0.3';
const SHARED = '127.0.0.4';
/** On loopback an unknown user name may count as the trunk, where the dialled number does not exist: 404. */
const REFUSED = [401, 403, 404];
const SOON_MS = 5_000;
/** The first pauses of the address are 2, 4 and 8 s, and the machine may be slow. */
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
    (await exchange.service.services.centralists.list()).find(({ centralist }) => centralist.id === id)?.registered ===
    true;

  it('is slowed down for the guessing address; the owner registers from elsewhere, and later from that address', async () => {
    const account = accountOf(await exchange.centralist('301'));
    const guesser = await phone({ ...account, password: 'not-it' }, GUESSER);
    const fromThere = await phone(account, GUESSER);
    // Asterisk answers every guess with 401. While the address must wait, Asterisk does not check the
    // password.
    const rightPassword = await eventually(
      async () => {
        for (let n = 0; n < 30; n += 1) expect(await guesser.register(60)).to.equal(401);
        const status = await fromThere.register(60);
        return status === 401 ? status : undefined;
      },
      AFTER_THE_PAUSE_MS,
      'the right password to be refused from the guessing address',
    );
    expect(rightPassword).to.equal(401);
    const owner = await phone(account, ELSEWHERE);
    expect(await owner.register(60)).to.equal(200);
    expect(await owner.register(0)).to.equal(200);
    await eventually(
      async () => ((await fromThere.register(60)) === 200 ? true : undefined),
      AFTER_THE_PAUSE_MS,
      'the owner to register from the guessing address',
    );
    const guessing = exchange.service.services.alarms.now.find(({ code }) => code === 'guessing');
    expect(guessing).to.include({ code: 'guessing', door: 'sip' });
  });

  it('does not lock out the softphone of the owner behind the same address while the guesser never stops', async () => {
    const account = accountOf(await exchange.centralist('304'));
    const guesser = await phone({ ...account, password: 'not-it' }, SHARED);
    const owner = await phone(account, SHARED);
    let [over, guesses] = [false, 0];
    const guessing = (async () => {
      for (; !over; guesses += 1) expect(await guesser.register(60)).to.equal(401);
    })();
    // A refusal of the right password shows that the address must wait. The owner unregisters, because that
    // does not prove that an address is genuine.
    await eventually(
      async () => ((await owner.register(0)) === 401 ? true : undefined),
      AFTER_THE_PAUSE_MS,
      'the address to be made to wait',
    );
    await eventually(
      async () => ((await owner.register(60)) === 200 ? true : undefined),
      AFTER_THE_PAUSE_MS,
      'the owner to register between two pauses',
    );
    // The address has proved that it is genuine now, so no further guess makes it wait.
    const before = guesses;
    await eventually(() => guesses > before + 200 || undefined, AFTER_THE_PAUSE_MS, '200 more guesses');
    for (let n = 0; n < 5; n += 1) expect(await owner.register(60)).to.equal(200);
    const { dialog } = await owner.invite({ user: '*30' });
    expect(dialog, 'the owner can call').not.to.equal(undefined);
    await dialog?.hangUp();
    over = true;
    await guessing;
    const alarm = exchange.service.services.alarms.now.find(({ code }) => code === 'guessing');
    expect(alarm).to.include({ code: 'guessing', door: 'sip' });
  });

  it('is useless after a new password, which locks the old softphone out at once', async () => {
    const before = await exchange.centralist('302');
    const { id } = before.centralist;
    const stolen = await phone(accountOf(before));
    expect(await stolen.register(300)).to.equal(200);
    await eventually(async () => (await registered(id)) || undefined, SOON_MS, 'the softphone to register');

    const after = await exchange.service.services.centralists.newAccount(id);
    expect(await registered(id)).to.equal(false);
    expect(await stolen.register(300)).to.be.oneOf(REFUSED);
    const call = await stolen.invite({ user: '*30' });
    expect(call.response.status).to.be.oneOf(REFUSED);
    const own = await phone(accountOf(after));
    expect(await own.register(300)).to.equal(200);
    await eventually(
      async () => (await registered(id)) || undefined,
      SOON_MS,
      'the softphone to register with the new account',
    );
  });

  it('is useless after the centralist is removed, which frees the extension', async () => {
    const gone = await exchange.centralist('303');
    const softphone = await phone(accountOf(gone));
    expect(await softphone.register(300)).to.equal(200);
    await exchange.service.services.centralists.remove(gone.centralist.id);
    expect(await softphone.register(300)).to.be.oneOf(REFUSED);
    const list = await exchange.service.services.centralists.list();
    expect(list.map(({ centralist }) => centralist.id)).not.to.include(gone.centralist.id);
    const next = await exchange.centralist('303');
    expect(next.centralist.id).not.to.equal(gone.centralist.id);
    expect(await (await phone(accountOf(next))).register(60)).to.equal(200);
  });
});
