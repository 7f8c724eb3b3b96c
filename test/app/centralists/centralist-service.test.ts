import { expect } from 'chai';
import type { CentralistService } from '../../../src/app/centralists/centralist-service.js';
import type { CentralistView } from '../../../src/app/services.js';
import { Problem } from '../../../src/domain/problem.js';
import { ControlRoom } from '../../support/control-room.js';

const STEPS: readonly [what: string, ms: number][] = [
  ['an hour forward', 3_600_000],
  ['an hour back', -3_600_000],
];
const MINUTE = 60_000;

describe('the centralist service', () => {
  let room: ControlRoom;
  let centralists: CentralistService;

  const problem = (work: () => unknown): Problem => {
    try {
      work();
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    throw new Error('it did not fail');
  };

  beforeEach(() => {
    room = new ControlRoom();
    ({ centralists } = room);
  });

  afterEach(() => {
    room.close();
  });

  it('adds a centralist with an account that no caller ID can imitate, and provisions it at once', async () => {
    const { centralist, server, transport } = await centralists.add({ name: 'Kees', extension: '22' });
    expect([server, transport]).to.deep.equal(['192.0.2.1:5060', 'udp']);
    expect(centralist.sipUsername).to.match(/^desk-22-[0-9a-f]{6}$/);
    expect(centralist.sipPassword).to.have.length.of.at.least(20);
    expect(centralist.onDuty).to.equal(false);
    const { sipUsername: username, sipPassword: password } = centralist;
    expect(room.telephony.deskAccounts).to.deep.equal([{ username, password, displayName: 'Kees' }]);
  });

  it('refuses an extension that is taken, and names the field', async () => {
    const error = await centralists.add({ name: 'Kees', extension: '21' }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Problem).with.property('code', 'conflict');
    expect((error as Problem).fields.map(({ field }) => field)).to.deep.equal(['extension']);
    expect(room.stores.centralists.all()).to.have.lengthOf(1);
  });

  it('replaces the account of a stolen softphone', async () => {
    const { centralist } = await centralists.add({ name: 'Kees', extension: '22' });
    const { token } = centralists.provisioning(centralist.id);
    const after = (await centralists.newAccount(centralist.id)).centralist;
    expect(after.sipUsername)
      .to.match(/^desk-22-[0-9a-f]{6}$/)
      .and.not.equal(centralist.sipUsername);
    expect(after.sipPassword).not.to.equal(centralist.sipPassword);
    expect(room.telephony.removedDesks).to.deep.equal([centralist.sipUsername]);
    expect(room.telephony.deskAccounts.at(-1)).to.include({ username: after.sipUsername, password: after.sipPassword });
    expect(problem(() => centralists.provision(token)).code).to.equal('not_found');
  });

  it('removes a centralist: no account, no PIN, no duty, and the extension is free', async () => {
    const { centralist, pin } = await centralists.add({ name: 'Kees', extension: '22' });
    await centralists.setDuty(centralist.id, true);
    await centralists.remove(centralist.id);
    expect(room.telephony.removedDesks).to.deep.equal([centralist.sipUsername]);
    expect((await centralists.list()).map(({ centralist: { name } }) => name)).to.deep.equal(['Desk']);
    expect(room.stores.centralists.get(centralist.id)).to.include({ name: 'Kees', onDuty: false, pinDigest: null });
    expect(room.pins.state(centralist.id)).to.equal('missing');
    expect(await room.pins.check(centralist.id, pin)).to.equal('wrong');
    for (const act of [
      centralists.remove(centralist.id),
      centralists.newAccount(centralist.id),
      centralists.setDuty(centralist.id, true),
    ]) {
      expect(await act.catch((error: unknown) => error))
        .to.be.instanceOf(Problem)
        .with.property('code', 'not_found');
    }
    room.telephony.deskAccounts.length = 0;
    await centralists.provisionAll();
    expect(room.telephony.deskAccounts.map(({ displayName }) => displayName)).to.deep.equal(['Desk']);
    expect((await centralists.add({ name: 'Anna', extension: '22' })).centralist.extension).to.equal('22');
  });

  it('makes the account refuse an address that guesses its password, and lifts that again', async () => {
    const { centralist } = await centralists.add({ name: 'Kees', extension: '22' });
    const username = centralist.sipUsername;
    for (let n = 0; n < 10; n += 1) {
      room.telephony.passwordTries.emit({ username, address: '192.0.2.9', result: 'wrong' });
    }
    expect(room.telephony.deskAccounts.at(-1)).to.deep.include({ username, refused: ['192.0.2.9'] });
    await room.clock.advance(2_000);
    expect(room.telephony.deskAccounts.at(-1)).to.include({ username }).and.not.have.property('refused');
  });

  it('lists the registered softphones, and provisions every account again after a start', async () => {
    await centralists.add({ name: 'Kees', extension: '22' });
    room.telephony.script('desk21', { answersAfterMs: 0 });
    const list = await centralists.list();
    expect(list.map(({ centralist, registered }) => [centralist.extension, registered])).to.deep.equal([
      ['21', true],
      ['22', false],
    ]);
    room.telephony.deskAccounts.length = 0;
    await centralists.provisionAll();
    expect(room.telephony.deskAccounts.map(({ displayName }) => displayName)).to.deep.equal(['Desk', 'Kees']);
  });

  it('refuses a name that no telephone can show, names the field, and stores nothing', async () => {
    for (const name of ['An\0na', 'Anna\nProef', 'Anna \ud83d', '\u202e'])
      expect(
        await centralists
          .add({ name, extension: '22' })
          .catch((thrown: unknown) => (thrown as Problem).fields[0]?.field),
      ).to.equal('name');
    expect(room.stores.centralists.all()).to.have.lengthOf(1);
    expect(room.telephony.deskAccounts).to.deep.equal([]);
  });

  it('stores no centralist whose account the telephony refuses', async () => {
    room.telephony.refusesAccounts = /Kees/;
    await centralists.add({ name: 'Kees', extension: '22' }).catch(() => undefined);
    expect(room.stores.centralists.all().map(({ name }) => name)).to.deep.equal(['Desk']);
  });

  it('removes the account of a centralist who cannot be stored', async () => {
    room.stores.centralists.add = () => {
      throw new Error('the disk is full');
    };
    await centralists.add({ name: 'Kees', extension: '22' }).catch(() => undefined);
    expect(room.telephony.removedDesks).to.deep.equal(room.telephony.deskAccounts.map(({ username }) => username));
    expect(room.telephony.removedDesks).to.have.lengthOf(1);
  });

  it('reports an account that the telephony refuses after a restart of its own', async () => {
    const { centralist } = await centralists.add({ name: 'Kees', extension: '22' });
    const seen: (string | undefined)[] = [];
    centralists.onChange(({ fault }) => seen.push(fault));
    for (const fault of [undefined, 'Allocation failed', 'Allocation failed', undefined])
      room.telephony.accountsMadeAgain.emit({ username: centralist.sipUsername, fault });
    expect(seen).to.deep.equal(['Allocation failed', undefined]);
    room.telephony.accountsMadeAgain.emit({ username: centralist.sipUsername, fault: 'Allocation failed' });
    expect((await centralists.list()).map(({ fault }) => fault)).to.deep.equal([undefined, 'Allocation failed']);
    expect(centralists.blockedBy).to.match(/extension 22;/);
  });

  it('starts without a refused account, provisions the others, and reports the fault', async () => {
    const { centralist } = await centralists.add({ name: 'Kees', extension: '22' });
    await centralists.add({ name: 'Els', extension: '23' });
    room.telephony.deskAccounts.length = 0;
    room.telephony.refusesAccounts = /Kees/;
    await centralists.provisionAll();
    expect(room.telephony.deskAccounts.map(({ displayName }) => displayName)).to.deep.equal(['Desk', 'Els']);
    const faults = (await centralists.list()).map((view) => [view.centralist.extension, view.fault]);
    expect(faults).to.deep.equal([
      ['21', undefined],
      ['22', 'Allocation failed'],
      ['23', undefined],
    ]);
    expect(centralists.blockedBy).to.match(/extension 22;/);
    room.telephony.refusesAccounts = /(?!)/;
    await centralists.provisionAll();
    expect(centralists.blockedBy).to.equal('');
    expect((await centralists.list()).find(({ centralist: { id } }) => id === centralist.id)?.fault).to.equal(
      undefined,
    );
  });

  describe('with a PIN', () => {
    const check = (pin: string): Promise<string> => room.pins.check(room.centralist.id, pin);

    it('makes four digits, shows them once, and stores only a digest', async () => {
      const { pin, centralist } = await centralists.add({ name: 'Kees', extension: '22' });
      expect(pin).to.match(/^\d{4}$/);
      expect(centralist.pinDigest).to.equal(`digest of ${pin}`);
      expect(await room.pins.check(centralist.id, pin)).to.equal('right');
    });

    it('accepts a chosen PIN, and names the rule for a bad one', async () => {
      const { pin, centralist } = await centralists.add({ name: 'Kees', extension: '22', pin: '04071999' });
      expect(pin).to.equal('04071999');
      expect(await room.pins.check(centralist.id, '04071999')).to.equal('right');
      const error = await centralists
        .add({ name: 'An', extension: '23', pin: '12a4' })
        .catch((thrown: unknown) => thrown);
      expect((error as Problem).fields).to.deep.equal([{ field: 'pin', message: 'must be 4 to 8 digits' }]);
      expect(room.stores.centralists.all().map(({ name }) => name)).to.deep.equal(['Desk', 'Kees']);
    });

    it('replaces the PIN, and the old one is wrong then', async () => {
      centralists.setPin(room.centralist.id, '1111');
      const pin = centralists.setPin(room.centralist.id);
      expect(pin).to.match(/^\d{4}$/);
      expect(await check('1111')).to.equal(pin === '1111' ? 'right' : 'wrong');
      expect(await check(pin)).to.equal('right');
      expect(problem(() => centralists.setPin(room.centralist.id, '1')).fields[0]?.field).to.equal('pin');
      expect(problem(() => centralists.setPin(99)).code).to.equal('not_found');
    });

    it('accepts no PIN for a centralist without one', async () => {
      expect(room.pins.state(room.centralist.id)).to.equal('missing');
      expect(await check('0000')).to.equal('wrong');
    });

    it('refuses every PIN for ten minutes after ten wrong ones', async () => {
      centralists.setPin(room.centralist.id, '1234');
      for (let n = 1; n < 10; n++) expect(await check('9999')).to.equal('wrong');
      expect(await check('9999')).to.equal('blocked');
      expect(room.pins.state(room.centralist.id)).to.equal('blocked');
      await room.clock.advance(10 * MINUTE - 1);
      expect(await check('1234')).to.equal('blocked');
      await room.clock.advance(1);
      expect(await check('1234')).to.equal('right');
    });

    for (const [what, ms] of STEPS)
      it(`refuses every PIN for ten minutes by the monotonic clock when the wall clock is set ${what}`, async () => {
        centralists.setPin(room.centralist.id, '1234');
        for (let n = 1; n <= 10; n++) await check('9999');
        room.clock.jump(ms);
        expect(await check('1234')).to.equal('blocked');
        await room.clock.advance(10 * MINUTE);
        expect(await check('1234')).to.equal('right');
      });

    it('accepts nine wrong PINs again after each right one', async () => {
      centralists.setPin(room.centralist.id, '1234');
      for (let round = 0; round < 2; round++) {
        for (let n = 1; n < 10; n++) await check('9999');
        expect(await check('1234')).to.equal('right');
      }
    });

    it('gives several calls at once no extra tries', async () => {
      centralists.setPin(room.centralist.id, '1234');
      const said = await Promise.all(Array.from({ length: 30 }, () => check('9999')));
      expect(said.filter((one) => one === 'wrong').length).to.be.at.most(9);
      expect(room.pins.state(room.centralist.id)).to.equal('blocked');
    });

    it('blocks only the centralist with the wrong PINs', async () => {
      centralists.setPin(room.centralist.id, '1234');
      const { centralist, pin } = await centralists.add({ name: 'Kees', extension: '22' });
      for (let n = 0; n < 10; n++) await check('9999');
      expect(await room.pins.check(centralist.id, pin)).to.equal('right');
    });
  });

  describe('with duty', () => {
    it('keeps duty over a restart', async () => {
      const { centralist } = await centralists.add({ name: 'Kees', extension: '22' });
      expect((await centralists.setDuty(centralist.id, true)).centralist.onDuty).to.equal(true);
      const next = await room.restart();
      expect(next.stores.centralists.get(centralist.id)?.onDuty).to.equal(true);
      room = next;
    });

    it('refuses an unknown centralist', async () => {
      const error = await centralists.setDuty(99, true).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(Problem).with.property('code', 'not_found');
    });
  });

  it('reports every change of duty, registration or engagement', async () => {
    const changes: string[] = [];
    const off = centralists.onChange(({ centralist, registered, engaged }: CentralistView) => {
      changes.push(
        `${centralist.extension} ${centralist.onDuty ? 'on' : 'off'} ${registered ? 'here' : 'away'} ${engaged}`,
      );
    });
    room.telephony.registers('desk21');
    room.telephony.registers('unknown account');
    const lease = room.softphones.engage(room.centralist.id, 'tip');
    lease.release();
    await centralists.setDuty(room.centralist.id, false);
    await centralists.setDuty(room.centralist.id, false);
    room.telephony.registers('desk21', false);
    off();
    room.telephony.registers('desk21');
    expect(changes).to.deep.equal([
      '21 on here false',
      '21 on here true',
      '21 on here false',
      '21 off here false',
      '21 off away false',
    ]);
  });

  describe('with a link for a softphone', () => {
    it('gives the account once', () => {
      const { token, expiresAt } = centralists.provisioning(room.centralist.id);
      expect(token).to.match(/^[\w-]{32}$/);
      expect(expiresAt).to.equal(room.clock.now() + 15 * MINUTE);
      expect(centralists.provision(token)).to.deep.equal({
        centralist: room.centralist,
        server: '192.0.2.1:5060',
        transport: 'udp',
      });
      expect(problem(() => centralists.provision(token)).code).to.equal('not_found');
    });

    it('voids the link after 15 minutes', async () => {
      const { token } = centralists.provisioning(room.centralist.id);
      await room.clock.advance(15 * MINUTE);
      expect(problem(() => centralists.provision(token)).code).to.equal('not_found');
    });

    for (const [what, ms] of STEPS)
      it(`voids the link after 15 minutes by the monotonic clock when the wall clock is set ${what}`, async () => {
        const [early, late] = [
          room.centralist.id,
          (await centralists.add({ name: 'Kees', extension: '22' })).centralist.id,
        ];
        const tokens = [early, late].map((id) => centralists.provisioning(id).token);
        room.clock.jump(ms);
        await room.clock.advance(15 * MINUTE - 1);
        expect(() => centralists.provision(tokens[0]!)).not.to.throw();
        await room.clock.advance(1);
        expect(problem(() => centralists.provision(tokens[1]!)).code).to.equal('not_found');
      });

    it('voids earlier links of the same centralist only', async () => {
      const { centralist } = await centralists.add({ name: 'Kees', extension: '22' });
      const [first, other, second] = [room.centralist.id, centralist.id, room.centralist.id].map((id) =>
        centralists.provisioning(id),
      );
      expect(problem(() => centralists.provision(first!.token)).code).to.equal('not_found');
      expect(centralists.provision(other!.token).centralist.id).to.equal(centralist.id);
      expect(centralists.provision(second!.token).centralist.id).to.equal(room.centralist.id);
    });

    it('refuses an unknown centralist and a guessed token', () => {
      expect(problem(() => centralists.provisioning(99)).code).to.equal('not_found');
      for (const token of ['', 'x', '__proto__'])
        expect(problem(() => centralists.provision(token)).code).to.equal('not_found');
    });
  });
});
