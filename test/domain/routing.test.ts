import { expect } from 'chai';
import type { Caller, Standing } from '../../src/domain/caller-match.js';
import type { E164 } from '../../src/domain/phone-number.js';
import { JUST_CLOSED_MS, routeCaller } from '../../src/domain/routing.js';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const FROM = '+31612345678' as E164;
const ME = 7;
const HOUSEMATE = 8;

function standing(actionId: number, other: Partial<Standing> = {}): Standing {
  return {
    actionId,
    participantId: ME,
    state: 'running',
    startedAt: NOW - 1_000 * MINUTE + actionId * MINUTE,
    closedAt: null,
    reached: true,
    ...other,
  };
}

const closed = (actionId: number, minutesAgo: number, other: Partial<Standing> = {}): Standing =>
  standing(actionId, { state: 'closed', closedAt: NOW - minutesAgo * MINUTE, ...other });

const known = (...standings: Standing[]): Caller => ({ type: 'known', from: FROM, participantId: ME, standings });

describe('Who rings the tip line', () => {
  it('and was reached in one running action, is put through to its centralist', () => {
    expect(routeCaller(known(standing(12)), NOW)).to.deep.equal({
      type: 'connect',
      reason: 'reached',
      actionId: 12,
      participantId: ME,
    });
  });

  it('and was reached in an action that is paused, is put through too: tips still come in', () => {
    expect(routeCaller(known(standing(12, { state: 'paused' })), NOW)).to.include({ type: 'connect', actionId: 12 });
  });

  it('and was reached in several, may choose; the newest is offered first', () => {
    const route = routeCaller(known(standing(11), standing(13), standing(12, { state: 'paused' })), NOW);
    expect(route).to.include({ type: 'choose', reason: 'reached_several' });
    expect(route.type === 'choose' && route.choices.map((choice) => choice.actionId)).to.deep.equal([13, 12, 11]);
  });

  it('and was selected but not reached yet, hears the message', () => {
    expect(routeCaller(known(standing(12, { reached: false })), NOW)).to.deep.equal({
      type: 'inform',
      reason: 'not_reached',
      actionId: 12,
      participantId: ME,
    });
  });

  it('and was not reached yet in several, hears the message of the newest', () => {
    const route = routeCaller(known(standing(11, { reached: false }), standing(12, { reached: false })), NOW);
    expect(route).to.include({ type: 'inform', actionId: 12 });
  });

  it('and was reached in one and not yet in a newer one, is put through: they ring to speak', () => {
    const route = routeCaller(known(standing(11), standing(12, { reached: false })), NOW);
    expect(route).to.include({ type: 'connect', actionId: 11 });
  });

  it('and is known but in no running action, is told so politely', () => {
    expect(routeCaller(known(), NOW)).to.deep.equal({ type: 'refuse', reason: 'not_selected', participantId: ME });
  });

  it('from an unknown number, is told to call 112', () => {
    expect(routeCaller({ type: 'unknown', from: FROM }, NOW)).to.deep.equal({ type: 'refuse', reason: 'unknown' });
  });

  it('without any number shown, is unknown as well', () => {
    expect(routeCaller({ type: 'unknown', from: null }, NOW)).to.deep.equal({ type: 'refuse', reason: 'unknown' });
  });

  it('and was reached in more than there are keys for, may choose from the newest five', () => {
    const route = routeCaller(known(...[1, 2, 3, 4, 5, 6, 7].map((id) => standing(id))), NOW);
    expect(route.type === 'choose' && route.choices.map((choice) => choice.actionId)).to.deep.equal([7, 6, 5, 4, 3]);
  });

  it('with their number withheld, is asked for their personal code', () => {
    expect(routeCaller({ type: 'withheld' }, NOW)).to.deep.equal({ type: 'ask_code', reason: 'withheld' });
  });
});

describe('Who rings after the action has ended', () => {
  it('just now, and was reached in it, is told so and may still leave a tip', () => {
    expect(routeCaller(known(closed(12, 5)), NOW)).to.deep.equal({
      type: 'ended',
      reason: 'just_closed',
      actionId: 12,
      participantId: ME,
    });
  });

  it('less than 30 minutes ago, to the last millisecond, still counts as just now', () => {
    const atTheEdge = (closedAt: number): string =>
      routeCaller(known(standing(12, { state: 'closed', closedAt })), NOW).reason;
    expect(JUST_CLOSED_MS).to.equal(30 * MINUTE);
    expect(atTheEdge(NOW - 30 * MINUTE + 1)).to.equal('just_closed');
    expect(atTheEdge(NOW - 30 * MINUTE)).to.equal('not_selected');
  });

  it('but was never reached in it, is not told about it', () => {
    expect(routeCaller(known(closed(12, 5, { reached: false })), NOW)).to.include({ reason: 'not_selected' });
  });

  it('while reached in another that still runs, is put through to that one', () => {
    expect(routeCaller(known(closed(13, 5), standing(12)), NOW)).to.include({ type: 'connect', actionId: 12 });
  });

  it('while not yet reached in another that still runs, hears the message of that one', () => {
    const route = routeCaller(known(closed(13, 5), standing(12, { reached: false })), NOW);
    expect(route).to.include({ type: 'inform', actionId: 12 });
  });
});

describe('A household that shares its number', () => {
  it('in which two were reached in one action, is not asked to choose between that action and itself', () => {
    const both = known(standing(12, { participantId: HOUSEMATE }), standing(12));
    expect(routeCaller(both, NOW)).to.deep.equal({
      type: 'connect',
      reason: 'reached',
      actionId: 12,
      participantId: ME,
    });
  });

  it('in which only the other was reached, is put through in their name', () => {
    const other = known(standing(12, { participantId: HOUSEMATE }));
    expect(routeCaller(other, NOW)).to.include({ type: 'connect', actionId: 12, participantId: HOUSEMATE });
  });

  it('in which one was reached and one was not, is put through', () => {
    const mixed = known(standing(12, { reached: false }), standing(12, { participantId: HOUSEMATE }));
    expect(routeCaller(mixed, NOW)).to.include({ type: 'connect', participantId: HOUSEMATE });
  });

  it('reached in two actions is offered each once', () => {
    const route = routeCaller(
      known(standing(12, { participantId: HOUSEMATE }), standing(12), standing(11, { participantId: HOUSEMATE })),
      NOW,
    );
    expect(
      route.type === 'choose' && route.choices.map((choice) => [choice.actionId, choice.participantId]),
    ).to.deep.equal([
      [12, ME],
      [11, HOUSEMATE],
    ]);
  });
});
