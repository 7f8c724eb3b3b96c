import { expect } from 'chai';
import { prompt, type PromptName } from '../../src/domain/messages.js';
import type { InboundCall } from '../../src/domain/tip.js';
import { timesHeard } from '../../src/phonenet/index.js';
import type { Adapter } from './support/adapter.js';
import { startBareTrunk, TIP_LINE, type BareTrunk } from './support/bare-trunk.js';
import { eventually } from './support/eventually.js';
import { startExchange, type Exchange } from './support/exchange.js';
import type { InviteOptions, SipPeer } from './support/sip-peer.js';

const HOST = '127.0.0.1';
const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';
const NUMBER = '+31612345678';
const TWO = '<sip:+31612345678@op.example>, <tel:+31612345678>';

const asserted = (...values: string[]): [string, string][] => values.map((value) => ['P-Asserted-Identity', value]);
const privacy = (value: string): [string, string] => ['Privacy', value];

/**
 * The headers of an INVITE, and the caller's number that they give; undefined when the number is withheld.
 */
const CALLERS: readonly (readonly [string, Pick<InviteOptions, 'fromValue' | 'headers'>, string | undefined])[] = [
  ['two identities and Privacy: none', { headers: [...asserted(TWO), privacy('none')] }, NUMBER],
  ['two headers', { headers: asserted('"Wit, Jan" <sip:jan@op.example>', '<tel:+31612345678>') }, NUMBER],
  ['a tel URI', { headers: asserted('<tel:+31-6-1234-5678;npdi>') }, NUMBER],
  ['user parameters', { headers: asserted('<sip:+31612345678;npdi;rn=+31970000001@op.example;user=phone>') }, NUMBER],
  ['Privacy: session;critical', { headers: [...asserted(TWO), privacy('session;critical')] }, NUMBER],
  ['Privacy: id', { headers: [...asserted(TWO), privacy('id')] }, undefined],
  ['Privacy: critical;id', { headers: [...asserted(TWO), privacy('critical;id')] }, undefined],
  ['Privacy: header', { headers: [...asserted(TWO), privacy('header')] }, undefined],
  ['Privacy: session; HEADER', { headers: [...asserted(TWO), privacy('session; HEADER')] }, undefined],
  ['Privacy: user', { headers: [...asserted(TWO), privacy('user')] }, undefined],
  ['Privacy: history', { headers: [...asserted(TWO), privacy('history')] }, NUMBER],
  ['Privacy: an unknown value', { headers: [...asserted(TWO), privacy('%;é;"')] }, NUMBER],
  ['two Privacy headers', { headers: [...asserted(TWO), privacy('session'), privacy('user')] }, undefined],
  [
    'the last of five Privacy headers',
    { headers: [...asserted(TWO), ...['session', 'critical', 'history', 'none', 'ID'].map(privacy)] },
    undefined,
  ],
  ['PRIVACY: ID', { headers: [...asserted(TWO), ['PRIVACY', 'ID']] }, undefined],
  [
    'Privacy: id, and a number in From',
    { fromValue: '<sip:0612345678@op.example>', headers: [privacy('id')] },
    undefined,
  ],
  ['nothing but an anonymous From', {}, undefined],
  ['a From without a user', { fromValue: '<sip:op.example>' }, undefined],
  ['From as a tel URI', { fromValue: '<tel:+31612345678>' }, NUMBER],
  ['parameters in From', { fromValue: '"A" <sip:+31612345678;cpc=ordinary@op.example;user=phone>' }, NUMBER],
  ['Remote-Party-ID', { headers: [['Remote-Party-ID', '<sip:+31612345678@op.example>;privacy=off']] }, NUMBER],
  [
    'a private Remote-Party-ID',
    { headers: [['Remote-Party-ID', '<sip:+31612345678@op.example>;privacy=full']] },
    undefined,
  ],
];

describe('the number of a caller, as the operator signals it', function () {
  this.timeout(60_000);
  let trunk: BareTrunk;
  let adapter: Adapter;
  let operator: SipPeer;

  before(async () => {
    trunk = await startBareTrunk();
    ({ adapter, operator } = trunk);
  });
  after(() => trunk.stop());

  for (const [what, headers, number] of CALLERS) {
    it(`is ${number === undefined ? 'withheld' : 'known'} with ${what}`, async () => {
      const inviting = operator.invite({ user: TIP_LINE, fromValue: ANONYMOUS, ...headers });
      const incoming = await adapter.arrivals.incoming.take();
      await incoming.refuse();
      await inviting;
      expect(incoming.withheld).to.equal(number === undefined);
      if (number !== undefined) expect(incoming.from?.replaceAll('-', '')).to.equal(number);
      expect(incoming.source).to.equal(HOST);
    });
  }

  it('is known after a restart of the controller, for a caller who waits and for callers who hung up meanwhile', async () => {
    await adapter.leave();
    const named = { headers: [...asserted(TWO), privacy('none')] };
    const [hangsUp, waits, hides] = await Promise.all([
      operator.invite({ user: TIP_LINE, fromValue: ANONYMOUS, ...named, hangUp: true }),
      operator.invite({ user: TIP_LINE, fromValue: ANONYMOUS, ...named }),
      operator.invite({
        user: TIP_LINE,
        headers: [...asserted('<tel:+31612345678>'), privacy('session'), privacy('critical'), privacy('Header')],
        hangUp: true,
      }),
    ]);
    expect([hangsUp, waits, hides].map(({ response }) => response.status)).to.deep.equal([200, 200, 200]);
    await adapter.restart();
    const back = await adapter.arrivals.incoming.take();
    expect(back).to.include({ from: NUMBER, withheld: false, source: HOST });
    await back.call.hangUp();
    const recordings = await eventually(
      async () => {
        const found = await adapter.telephony.offlineRecordings((callId) => callId === back.call.id);
        return found.length === 2 ? found : undefined;
      },
      20_000,
      'the recordings of two callers',
    );
    const numbers = recordings.map(({ from, withheld }) => (withheld ? 'withheld' : from));
    expect(numbers).to.have.members([NUMBER, 'withheld']);
    // The withheld number is in no file name either.
    expect(recordings.filter(({ withheld }) => withheld).map(({ name }) => /-withheld$/.test(name))).to.deep.equal([
      true,
    ]);
  });
});

describe('a caller with an asserted identity', function () {
  this.timeout(120_000);
  let exchange: Exchange;
  const KNOWN = '0612349101';

  before(async () => {
    exchange = await startExchange();
    exchange.participant(KNOWN, '9901AB');
  });
  after(() => exchange.stop());

  /** Calls until the tip line has said its sentence. Resolves with the stored row and a count of prompts. */
  const calls = async (value: string): Promise<{ row: InboundCall; heard: (name: PromptName) => Promise<number> }> => {
    const { tips } = exchange.service.services;
    const before = new Set(tips.calls({}).map(({ id }) => id));
    const operator = await exchange.peer();
    const { dialog } = await operator.invite({
      user: '08000011;phone-context=+31',
      fromValue: ANONYMOUS,
      headers: [...asserted(`<sip:+31612349101@op.example>, <tel:+31612349101>`), privacy(value)],
    });
    const expected: PromptName = value === 'none' ? 'tip-not-selected' : 'tip-withheld';
    const sentence = await exchange.samples(prompt(expected));
    await eventually(() => (timesHeard(operator.heard(), sentence) > 0 ? true : undefined), 30_000, expected);
    await dialog?.hangUp();
    const row = await eventually(
      () => tips.calls({}).find(({ id, result }) => !before.has(id) && result !== null),
      20_000,
      'the row is closed',
    );
    return { row, heard: async (name) => timesHeard(operator.heard(), await exchange.samples(prompt(name))) };
  };

  it('is recognised by two identities with Privacy: none, though From is anonymous', async () => {
    const { row, heard } = await calls('none');
    expect(row).to.include({ from: '+31612349101', reason: 'not_selected' });
    expect(await heard('tip-withheld')).to.equal(0);
  });

  it('hears that the number is withheld with Privacy: id, and no number is stored', async () => {
    const { row } = await calls('id');
    expect(row).to.include({ from: null, reason: 'withheld', participantId: null });
  });
});
