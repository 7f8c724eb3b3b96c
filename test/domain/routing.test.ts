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
    reachedAt: NOW - 50_000,
    ...other,
  };
}

const closed = (actionId: number, minutesAgo: number, other: Partial<Standing> = {}): Standing =>
  standing(actionId, { state: 'closed', closedAt: NOW - minutesAgo * MINUTE, ...other });

const known = (...standings: Standing[]): Caller => ({ type: 'known', from: FROM, participantId: ME, standings });

describe('a caller of the tip line', () => {
  it('is connected to the centralist of the one running action that reached the caller', () => {
    expect(routeCaller(known(standing(12)), NOW)).to.deep.equal({
      type: 'connect',
      reason: 'reached',
      actionId: 12,
      participantId: ME,
    });
  });

  it('is connected when a paused action reached the caller', () => {
    expect(routeCaller(known(standing(12, { state: 'paused' })), NOW)).to.include({ type: 'connect', actionId: 12 });
  });

  it('may choose between several actions that reached the caller, the newest first', () => {
    const route = routeCaller(known(standing(11), standing(13), standing(12, { state: 'paused' })), NOW);
    expect(route).to.include({ type: 'choose', reason: 'reached_several' });
    expect(route.type === 'choose' && route.choices.map((choice) => choice.actionId)).to.deep.equal([13, 12, 11]);
  });

  it('hears the message of an action that selected but did not reach the caller yet', () => {
    expect(routeCaller(known(standing(12, { reachedAt: null })), NOW)).to.deep.equal({
      type: 'inform',
      reason: 'not_reached',
      actionId: 12,
      participantId: ME,
    });
  });

  it('hears the message of the newest of several actions that did not reach the caller yet', () => {
    const route = routeCaller(known(standing(11, { reachedAt: null }), standing(12, { reachedAt: null })), NOW);
    expect(route).to.include({ type: 'inform', actionId: 12 });
  });

  it('is connected for an older action that reached the caller when a newer one did not yet', () => {
    const route = routeCaller(known(standing(11), standing(12, { reachedAt: null })), NOW);
    expect(route).to.include({ type: 'connect', actionId: 11 });
  });

  it('with a known number is refused as not selected when no open action selected the caller', () => {
    expect(routeCaller(known(), NOW)).to.deep.equal({ type: 'refuse', reason: 'not_selected', participantId: ME });
  });

  it('with an unknown number is refused as unknown', () => {
    expect(routeCaller({ type: 'unknown', from: FROM }, NOW)).to.deep.equal({ type: 'refuse', reason: 'unknown' });
  });

  it('without a number is refused as unknown', () => {
    expect(routeCaller({ type: 'unknown', from: null }, NOW)).to.deep.equal({ type: 'refuse', reason: 'unknown' });
  });

  it('may choose from the newest five of seven actions', () => {
    const route = routeCaller(known(...[1, 2, 3, 4, 5, 6, 7].map((id) => standing(id))), NOW);
    expect(route.type === 'choose' && route.choices.map((choice) => choice.actionId)).to.deep.equal([7, 6, 5, 4, 3]);
  });

  it('with a withheld number is asked for the personal code', () => {
    expect(routeCaller({ type: 'withheld' }, NOW)).to.deep.equal({ type: 'ask_code', reason: 'withheld' });
  });
});

describe('a caller after the end of an action', () => {
  it('hears less than half an hour later that it has ended, when it reached the caller', () => {
    expect(routeCaller(known(closed(12, 5)), NOW)).to.deep.equal({
      type: 'ended',
      reason: 'just_closed',
      actionId: 12,
      participantId: ME,
    });
  });

  it('counts as just closed until exactly 30 minutes after the close', () => {
    const atTheEdge = (closedAt: number): string =>
      routeCaller(known(standing(12, { state: 'closed', closedAt })), NOW).reason;
    expect(JUST_CLOSED_MS).to.equal(30 * MINUTE);
    expect(atTheEdge(NOW - 30 * MINUTE + 1)).to.equal('just_closed');
    expect(atTheEdge(NOW - 30 * MINUTE)).to.equal('not_selected');
  });

  it('is refused as not selected when it never reached the caller', () => {
    expect(routeCaller(known(closed(12, 5, { reachedAt: null })), NOW)).to.include({ reason: 'not_selected' });
  });

  it('is connected when another running action reached the caller', () => {
    expect(routeCaller(known(closed(13, 5), standing(12)), NOW)).to.include({ type: 'connect', actionId: 12 });
  });

  it('hears the message of another running action that did not reach the caller yet', () => {
    const route = routeCaller(known(closed(13, 5), standing(12, { reachedAt: null })), NOW);
    expect(route).to.include({ type: 'inform', actionId: 12 });
  });
});

describe('a caller from a household with a shared number', () => {
  it('is offered an action once when it reached two members', () => {
    const both = known(standing(12, { participantId: HOUSEMATE }), standing(12));
    expect(routeCaller(both, NOW)).to.deep.equal({
      type: 'connect',
      reason: 'reached',
      actionId: 12,
      participantId: ME,
    });
  });

  it('is connected in the name of the other member when only that one was reached', () => {
    const other = known(standing(12, { participantId: HOUSEMATE }));
    expect(routeCaller(other, NOW)).to.include({ type: 'connect', actionId: 12, participantId: HOUSEMATE });
  });

  it('is connected when one member was reached and one was not', () => {
    const mixed = known(standing(12, { reachedAt: null }), standing(12, { participantId: HOUSEMATE }));
    expect(routeCaller(mixed, NOW)).to.include({ type: 'connect', participantId: HOUSEMATE });
  });

  it('is offered each of two actions once', () => {
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
