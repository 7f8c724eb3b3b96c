import { expect } from 'chai';
import { startAdapter, type Adapter } from './support/adapter.js';
import { eventually } from './support/eventually.js';
import type { SipPeer } from './support/sip-peer.js';

/** The shortest registration that Asterisk accepts, in seconds. */
const SHORTEST = 30;
const SOON_MS = 3_000;
/** Asterisk sends OPTIONS to softphones every 5 s, and waits 3 s for the answer. */
const NOTICED_MS = 10_000;

interface Phone {
  readonly peer: SipPeer;
  readonly username: string;
  /** The changes of its registration that arrived so far, in order. */
  readonly changes: () => readonly boolean[];
}

describe('the registration of a softphone on a real Asterisk', function () {
  this.timeout(60_000);
  let adapter: Adapter;
  let expiring: Phone;
  let expiringAt: number;
  let vanished: Phone;
  let lasting: Phone;

  const phone = async (extension: string): Promise<Phone> => {
    const account = await adapter.desk(extension);
    const peer = await adapter.peer(account);
    const { username } = account;
    const changes = (): readonly boolean[] =>
      adapter.arrivals.registrations.kept
        .filter((change) => change.username === username)
        .map(({ registered }) => registered);
    return { peer, username, changes };
  };
  const untilChanges = (of: Phone, expected: readonly boolean[], withinMs: number): Promise<true> =>
    eventually(
      () => JSON.stringify(of.changes()) === JSON.stringify(expected) || undefined,
      withinMs,
      `registered ${expected.join(', then ')}`,
    );

  // The slow cases begin here, before the first test.
  before(async () => {
    adapter = await startAdapter();
    [expiring, vanished, lasting] = [await phone('201'), await phone('202'), await phone('205')];
    // Asterisk writes a registration to disk within a second.
    await lasting.peer.register(300);
    expect(await expiring.peer.register(SHORTEST)).to.equal(200);
    expiringAt = performance.now();
    await vanished.peer.register(300);
    await untilChanges(vanished, [true], SOON_MS);
    vanished.peer.close();
  });
  after(() => adapter.stop());

  it('is reported at once, and so is its end', async () => {
    const desk = await phone('203');
    await desk.peer.register(300);
    await untilChanges(desk, [true], SOON_MS);
    expect(await adapter.telephony.deskRegistered(desk.username)).to.equal(true);
    await desk.peer.register(0);
    await untilChanges(desk, [true, false], SOON_MS);
    expect(await adapter.telephony.deskRegistered(desk.username)).to.equal(false);
  });

  it('is refused without the password, and not reported', async () => {
    const { username } = await adapter.desk('204');
    const thief = await adapter.peer({ username, password: 'guessed' });
    expect(await thief.register(300)).to.equal(401);
    expect(await adapter.telephony.deskRegistered(username)).to.equal(false);
  });

  it('ends soon after the softphone has vanished', () => untilChanges(vanished, [true, false], NOTICED_MS));

  it('ends when it is not refreshed', async () => {
    await untilChanges(expiring, [true, false], SHORTEST * 1_000 + SOON_MS);
    expect(performance.now() - expiringAt).to.be.greaterThan((SHORTEST - 2) * 1_000);
  });

  it('survives a restart of Asterisk: the softphone can be rung at once', async () => {
    const { peer, username, changes } = lasting;
    process.kill(adapter.pair.asterisk.pid, 'SIGKILL');
    await eventually(
      () => adapter.telephony.health().asterisk === 'down' || undefined,
      SOON_MS,
      'Asterisk counts as down',
    );
    const meanwhile = await phone('206');
    await adapter.pair.startAgain();
    // The account that was provisioned while Asterisk was down is created together with the others.
    await eventually(
      async () => (await meanwhile.peer.register(300)) === 200 || undefined,
      SOON_MS,
      'the new softphone is registered',
    );
    const before = peer.received.length;
    await eventually(
      () => peer.received.slice(before).some(({ method }) => method === 'OPTIONS') || undefined,
      NOTICED_MS,
      'an OPTIONS',
    );
    await eventually(
      () => adapter.telephony.deskRegistered(username).then((is) => is || undefined),
      SOON_MS,
      'the softphone is registered',
    );
    await eventually(() => changes().at(-1) || undefined, SOON_MS, 'the registration is reported');
    const answering = peer.answersNext();
    const call = await adapter.reach({ username });
    await answering;
    await call.hangUp();
  });
});
