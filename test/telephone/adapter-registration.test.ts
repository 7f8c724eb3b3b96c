import { expect } from 'chai';
import { eventually, startAdapter, type Adapter } from './support/adapter.js';
import { startPeer, type SipPeer } from './support/sip-peer.js';

/** The least that may be asked for, in seconds. */
const SHORTEST = 30;
const SOON_MS = 3_000;
/** Softphones are looked for every 5 s, and have 3 s to answer. */
const NOTICED_MS = 10_000;

interface Phone {
  readonly peer: SipPeer;
  readonly username: string;
  /** What was told of it so far, in order. */
  readonly told: () => readonly boolean[];
}

describe('the registration of a softphone on a real Asterisk', function () {
  this.timeout(60_000);
  let adapter: Adapter;
  const peers: SipPeer[] = [];
  let expiring: Phone;
  let expiringAt: number;
  let vanished: Phone;
  let lasting: Phone;

  const phone = async (extension: string): Promise<Phone> => {
    const account = await adapter.desk(extension);
    const peer = await startPeer(adapter.pair.sip, account);
    peers.push(peer);
    const { username } = account;
    const told = (): readonly boolean[] =>
      adapter.arrivals.registrations.kept
        .filter((change) => change.username === username)
        .map(({ registered }) => registered);
    return { peer, username, told };
  };
  const untilTold = (of: Phone, expected: readonly boolean[], withinMs: number): Promise<true> =>
    eventually(
      () => JSON.stringify(of.told()) === JSON.stringify(expected) || undefined,
      withinMs,
      `registered ${expected.join(', then ')}`,
    );

  // What takes its time begins at once.
  before(async () => {
    adapter = await startAdapter();
    [expiring, vanished, lasting] = [await phone('201'), await phone('202'), await phone('205')];
    // Asterisk keeps it on disk within a second.
    await lasting.peer.register(300);
    expect(await expiring.peer.register(SHORTEST)).to.equal(200);
    expiringAt = performance.now();
    await vanished.peer.register(300);
    await untilTold(vanished, [true], SOON_MS);
    vanished.peer.close();
  });
  after(async () => {
    for (const peer of peers) peer.close();
    await adapter.stop();
  });

  it('is told at once, and so is its end', async () => {
    const desk = await phone('203');
    await desk.peer.register(300);
    await untilTold(desk, [true], SOON_MS);
    expect(await adapter.telephony.deskRegistered(desk.username)).to.equal(true);
    await desk.peer.register(0);
    await untilTold(desk, [true, false], SOON_MS);
    expect(await adapter.telephony.deskRegistered(desk.username)).to.equal(false);
  });

  it('is refused without the password, and not told', async () => {
    const { username } = await adapter.desk('204');
    const thief = await startPeer(adapter.pair.sip, { username, password: 'guessed' });
    peers.push(thief);
    expect(await thief.register(300)).to.equal(401);
    expect(await adapter.telephony.deskRegistered(username)).to.equal(false);
  });

  it('ends soon when the softphone is gone without a word', () => untilTold(vanished, [true, false], NOTICED_MS));

  it('ends when it is not renewed', async () => {
    await untilTold(expiring, [true, false], SHORTEST * 1_000 + SOON_MS);
    expect(performance.now() - expiringAt).to.be.greaterThan((SHORTEST - 2) * 1_000);
  });

  it('goes on after Asterisk has died and was started anew: the softphone can be rung at once', async () => {
    const { peer, username, told } = lasting;
    process.kill(adapter.pair.asterisk.pid, 'SIGKILL');
    await eventually(() => adapter.telephony.health().asterisk === 'down' || undefined, SOON_MS, 'missed');
    const meanwhile = await phone('206');
    await adapter.pair.startAgain();
    // An account that was given while Asterisk was away is made with the others.
    await eventually(
      async () => (await meanwhile.peer.register(300)) === 200 || undefined,
      SOON_MS,
      'an account to register with',
    );
    const before = peer.received.length;
    await eventually(
      () => peer.received.slice(before).some(({ method }) => method === 'OPTIONS') || undefined,
      NOTICED_MS,
      'asked for',
    );
    await eventually(
      () => adapter.telephony.deskRegistered(username).then((is) => is || undefined),
      SOON_MS,
      'registered',
    );
    await eventually(() => told().at(-1) || undefined, SOON_MS, 'told so');
    const answering = peer.answersNext();
    const call = await adapter.reach({ username });
    await answering;
    await call.hangUp();
  });
});
