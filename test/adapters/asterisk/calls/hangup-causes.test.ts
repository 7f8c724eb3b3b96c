import { expect } from 'chai';
import { endOf, type CallHistory } from '../../../../src/adapters/asterisk/calls/hangup-causes.js';
import { outcomeOfFailure, type Outcome } from '../../../../src/domain/outcome.js';
import type { CallEnd } from '../../../../src/ports/call.js';

interface Seen {
  readonly cause: number;
  readonly tech?: number;
  /** BURGERNET_FAILURE, the last response of the far end; absent when the variable is missing. */
  readonly last?: string;
  readonly history?: Partial<CallHistory>;
}

function end({ cause, tech, last, history }: Seen): CallEnd {
  const channel = {
    id: 'call-1',
    name: 'PJSIP/trunk-out-00000001',
    state: 'Down',
    caller: { number: '08000011', name: 'Burgernet' },
    ...(last === undefined ? {} : { channelvars: { BURGERNET_FAILURE: last } }),
  };
  const event = {
    type: 'ChannelDestroyed',
    channel,
    cause,
    timestamp: '2026-11-24T02:00:00.000+0000',
    ...(tech === undefined ? {} : { tech_cause: tech }),
  } as const;
  return endOf(event, { hungUpByUs: false, answered: false, ...history });
}

const DEAD = { by: 'them', cause: 38, fault: 'the trunk does not answer at all' } as const;

/** Last events of unanswered calls, as Asterisk 22 reports them. */
const UNANSWERED: [string, Seen, CallEnd, Outcome][] = [
  [
    'rang for the whole ring time',
    { cause: 19, tech: 480, last: 'SIP 180 Ringing' },
    { by: 'them', rangOut: true, cause: 19 },
    'no_answer',
  ],
  [
    'early media for the whole ring time',
    { cause: 19, tech: 480, last: 'SIP 183 Session Progress' },
    { by: 'them', rangOut: true, cause: 19 },
    'no_answer',
  ],
  ['no response at all for the whole ring time', { cause: 19, tech: 480, last: '' }, DEAD, 'congestion'],
  ['no response at all, transaction time-out', { cause: 18, tech: 408, last: '' }, DEAD, 'congestion'],
  ['no response at all, and no variable', { cause: 18, tech: 408 }, DEAD, 'congestion'],
  [
    'temporarily unavailable, from the far end',
    { cause: 19, tech: 480, last: 'SIP 480 Temporarily Unavailable' },
    { by: 'them', sipStatus: 480, sipReason: 'Temporarily Unavailable', cause: 19 },
    'no_answer',
  ],
  [
    'a time-out from the far end',
    { cause: 18, tech: 408, last: 'SIP 408 Request Timeout' },
    { by: 'them', sipStatus: 408, sipReason: 'Request Timeout', cause: 18 },
    'no_answer',
  ],
  [
    'busy',
    { cause: 17, tech: 486, last: 'SIP 486 Busy Here' },
    { by: 'them', sipStatus: 486, sipReason: 'Busy Here', cause: 17 },
    'busy',
  ],
  [
    'declined, with the same cause as a refusal',
    { cause: 21, tech: 603, last: 'SIP 603 Decline' },
    { by: 'them', sipStatus: 603, sipReason: 'Decline', cause: 21 },
    'declined',
  ],
  [
    'a limit of the operator, with the cause of a decline',
    { cause: 21, tech: 403, last: 'SIP 403 Channel limit' },
    { by: 'them', sipStatus: 403, sipReason: 'Channel limit', cause: 21 },
    'congestion',
  ],
  [
    'forbidden',
    { cause: 21, tech: 403, last: 'SIP 403 Forbidden' },
    { by: 'them', sipStatus: 403, sipReason: 'Forbidden', cause: 21 },
    'unreachable',
  ],
  [
    'no room',
    { cause: 34, tech: 503, last: 'SIP 503 Service Unavailable' },
    { by: 'them', sipStatus: 503, sipReason: 'Service Unavailable', cause: 34 },
    'congestion',
  ],
  [
    'a status without a reason',
    { cause: 1, tech: 404, last: 'SIP 404' },
    { by: 'them', sipStatus: 404, sipReason: '', cause: 1 },
    'unreachable',
  ],
  ['a status in the event only', { cause: 1, tech: 404 }, { by: 'them', sipStatus: 404, cause: 1 }, 'unreachable'],
  [
    'redirected, without any cause',
    { cause: 0, last: 'SIP 302 Moved Temporarily' },
    { by: 'them', sipStatus: 302, sipReason: 'Moved Temporarily' },
    'unreachable',
  ],
  [
    'redirected, when only the ringing before it is known',
    { cause: 0, last: 'SIP 180 Ringing' },
    { by: 'them', sipStatus: 302, sipReason: 'redirected; not followed' },
    'unreachable',
  ],
  ['redirected, with the cause for a redirection', { cause: 23, last: '' }, { by: 'them', cause: 23 }, 'unreachable'],
];

describe('last event of a call', () => {
  for (const [what, seen, expected, outcome] of UNANSWERED) {
    it(`of an unanswered call: ${what} → ${outcome}`, () => {
      const result = end(seen);
      expect(result).to.deep.equal(expected);
      expect(outcomeOfFailure(result)).to.equal(outcome);
    });
  }

  const DEAD_LINES: readonly [what: string, tech: 408 | 481][] = [
    ['no answer to a request within the call', 408],
    ['a far end that no longer knows the call', 481],
  ];
  for (const [what, tech] of DEAD_LINES) {
    it(`of an answered call: ${what} (${tech}) is a dead line, unless the controller hung up`, () => {
      const history = { answered: true };
      expect(end({ cause: 18, tech, last: 'SIP 200 OK', history })).to.include({
        by: 'lost',
        lineDead: true,
        sipStatus: tech,
      });
      expect(end({ cause: 16, tech, history: { answered: true, hungUpByUs: true } })).to.include({ by: 'us' });
    });
  }

  it('of an answered call that the far end hung up is not a dead line', () => {
    for (const tech of [undefined, 200, 487])
      expect(end({ cause: 16, ...(tech ? { tech } : {}), history: { answered: true } })).to.include({ by: 'them' });
  });

  it('of a call refused for its session timer proves nothing about the number', () => {
    expect(end({ cause: 127, tech: 422, last: 'SIP 422 Session Interval Too Small' })).to.include({
      by: 'lost',
      sipStatus: 422,
    });
  });

  it('of a ringing call that the controller cancelled has by: us, whatever the far end answered', () => {
    const history = { hungUpByUs: true };
    expect(end({ cause: 16, tech: 487, last: 'SIP 487 Request Terminated', history })).to.deep.equal({
      by: 'us',
      cause: 16,
    });
    expect(end({ cause: 0, last: 'SIP 180 Ringing', history })).to.deep.equal({ by: 'us' });
  });

  it('of an answered call names the side that hung up, and nothing from before the answer', () => {
    const last = 'SIP 200 OK';
    expect(end({ cause: 16, last, history: { answered: true } })).to.deep.equal({ by: 'them', cause: 16 });
    expect(end({ cause: 16, tech: 200, last, history: { answered: true, hungUpByUs: true } })).to.deep.equal({
      by: 'us',
      cause: 16,
    });
  });
});
