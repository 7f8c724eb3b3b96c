import { expect } from 'chai';
import type { Action } from '../../src/domain/action.js';
import { parseAreaPart } from '../../src/domain/area.js';
import { Problem } from '../../src/domain/problem.js';
import { lookAlikes, refuseChanged } from '../../src/domain/start-guard.js';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

type Comparable = Parameters<typeof lookAlikes>[0];

function action(change: { area?: string } & Partial<Omit<Action, 'area'>> = {}): Comparable {
  const { area = '8251-8256', ...more } = change;
  const parts = area.split(',').flatMap((entry) => {
    const part = parseAreaPart(entry);
    return part.ok ? [part.value] : [];
  });
  const {
    id = 1,
    number = 1,
    title = 'Vermist kind',
    kind = 'missing_child',
    state = 'running',
    closedAt = null,
  } = more;
  return { id, number, title, kind, state, closedAt, area: { parts } };
}

const draft = (area?: string): Comparable => action({ id: 9, state: 'draft', ...(area === undefined ? {} : { area }) });
const ids = (made: Comparable, ...others: Comparable[]): number[] => lookAlikes(made, others, NOW).map(({ id }) => id);

describe('actions that look like the one to be started', () => {
  for (const [what, other, alike] of [
    ['is running', action(), true],
    ['is paused', action({ state: 'paused' }), true],
    ['is a draft', action({ state: 'draft' }), false],
    ['was closed a minute ago', action({ state: 'closed', closedAt: NOW - MINUTE }), true],
    ['was closed 29 minutes ago', action({ state: 'closed', closedAt: NOW - 29 * MINUTE }), true],
    ['was closed 31 minutes ago', action({ state: 'closed', closedAt: NOW - 31 * MINUTE }), false],
    ['is of another kind', action({ kind: 'theft' }), false],
    ['is the action itself', action({ id: 9 }), false],
  ] as const) {
    it(`${alike ? 'include' : 'leave out'} an action that ${what}`, () => {
      expect(ids(draft(), other)).to.deep.equal(alike ? [1] : []);
    });
  }

  for (const [one, other, overlap] of [
    ['8251', '8251', true],
    ['8251', '8250-8252', true],
    ['8251-8253', '8253-8255', true],
    ['8251-8253', '8254-8255', false],
    ['8251AB', '8251', true],
    ['8251AB', '8250-8260', true],
    ['8251AB', '8252', false],
    ['8251AB', '8251AB', true],
    ['8251AB', '8251AC', false],
    ['8251AB', '8252AB', false],
    ['1011,8251', '9999,8251AB', true],
    ['1011,1012', '9999,8251AB', false],
  ] as const) {
    it(`${overlap ? 'include' : 'leave out'} ${other} for an action in ${one}`, () => {
      expect(ids(draft(one), action({ area: other }))).to.deep.equal(overlap ? [1] : []);
      expect(ids(draft(other), action({ area: one })), 'the other way round').to.deep.equal(overlap ? [1] : []);
    });
  }

  it('come with the newest first', () => {
    expect(ids(draft(), action({ id: 2 }), action({ id: 5 }), action({ id: 3 }))).to.deep.equal([5, 3, 2]);
  });
});

describe('the figures on the screen at a start', () => {
  const now = { selected: 3, messageVersion: 2 };
  const fields = (expect: Parameters<typeof refuseChanged>[0]): string[] => {
    try {
      refuseChanged(expect, now);
      return [];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return [error.code, ...error.fields.map(({ field }) => field)];
    }
  };

  it('are accepted when they are absent or equal to the current ones', () => {
    for (const same of [{}, { selected: 3 }, { messageVersion: 2 }, now]) expect(fields(same)).to.deep.equal([]);
  });

  it('are refused field by field when they have changed', () => {
    expect(fields({ selected: 4 })).to.deep.equal(['changed', 'expect.selected']);
    expect(fields({ selected: 3, messageVersion: 1 })).to.deep.equal(['changed', 'expect.messageVersion']);
    expect(fields({ selected: 0, messageVersion: 1 })).to.have.length(3);
  });
});
