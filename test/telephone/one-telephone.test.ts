import { expect } from 'chai';
import type { PhoneCall } from '../../src/phonenet/index.js';
import type { MarkTone } from '../../src/phonenet/listening/tone-marks.js';
import { startExchange, type Exchange } from './support/exchange.js';

const IN_BOTH = '0612345701';
const RINGS_OUT = '0612345702';
const SHARED = '0612345703';
const ALONE = '0612345704';
const MARKS: readonly MarkTone[] = [480, 1140];

describe('one telephone that two actions call at the same time', function () {
  this.timeout(120_000);
  let exchange: Exchange;
  let first: number;
  let second: number;
  const callsTo = (phone: string): Promise<readonly PhoneCall[]> => exchange.callsTo(phone);
  const outcomes = (actionId: number, phone: string): (string | null)[] =>
    exchange.service.services.actions
      .attempts(actionId)
      .filter((attempt) => attempt.phone.endsWith(phone.slice(-9)))
      .map(({ outcome }) => outcome);
  const expectOneAtATime = async (phone: string): Promise<void> => {
    const calls = await callsTo(phone);
    for (const [index, { invitedAt }] of calls.slice(1).entries())
      expect(invitedAt, `call ${index + 2} to ${phone}`).to.be.at.least(calls[index]?.endedAt ?? Infinity);
  };

  before(async () => {
    exchange = await startExchange({ env: { BURGERNET_RING_SECONDS: '4' } });
    const habits = { pressAfterMs: 300, hangUpAfterMs: 1_500 };
    await exchange.network.setCitizens([
      { number: IN_BOTH, persona: 'hangs_up_in_message', ...habits },
      { number: RINGS_OUT, persona: 'no_answer' },
      { number: SHARED, persona: 'hangs_up_in_message', ...habits },
      { number: ALONE, persona: 'hangs_up_in_message', ...habits },
    ]);
    // Two participants live in both areas. Two others share a telephone, and live in one area each.
    const { participants } = exchange.service.services;
    for (const phone of [IN_BOTH, RINGS_OUT])
      participants.add({ phones: [phone], postcodes: ['8251AB', '8299AA'], name: 'Jan Voorbeeld' });
    exchange.participant(SHARED, '8251AB');
    exchange.participant(SHARED, '8299AA');
    exchange.participant(ALONE, '8299AA');
    const message = { recordingId: await exchange.toneMessage(MARKS) };
    first = await exchange.draft('8251', message);
    second = await exchange.draft('8299', message);
    await exchange.service.services.actions.start(first);
    await exchange.service.services.actions.start(second);
    await Promise.all([exchange.calledOut(first), exchange.calledOut(second)]);
  });

  after(() => exchange.stop());

  for (const [whose, phone, outcome] of [
    ['a participant in both areas who answers', IN_BOTH, 'confirmed'],
    ['a participant in both areas who does not answer', RINGS_OUT, 'no_answer'],
    ['two participants, one in each area', SHARED, 'confirmed'],
  ] as const) {
    it(`is rung by one action after the other, each with its own outcome: the telephone of ${whose}`, async () => {
      expect(await callsTo(phone)).to.have.lengthOf(2);
      await expectOneAtATime(phone);
      expect([outcomes(first, phone), outcomes(second, phone)]).to.deep.equal([[outcome], [outcome]]);
    });
  }

  it('delays no call to another telephone', async () => {
    const [alone] = await callsTo(ALONE);
    const [, again] = await callsTo(RINGS_OUT);
    expect(alone!.invitedAt).to.be.lessThan(again!.invitedAt);
  });

  it('gets the closing calls of two actions that close together one after the other', async () => {
    const before = (await callsTo(IN_BOTH)).length;
    const { actions } = exchange.service.services;
    await Promise.all([actions.close(first, { result: 'found' }), actions.close(second, { result: 'found' })]);
    await Promise.all([exchange.calledOut(first), exchange.calledOut(second)]);
    expect(await callsTo(IN_BOTH)).to.have.lengthOf(before + 2);
    for (const phone of [IN_BOTH, SHARED]) await expectOneAtATime(phone);
  });
});
