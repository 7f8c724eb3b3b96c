import { expect } from 'chai';
import { formatReport, type ReportInput } from '../../src/cli/report.js';
import { isCalledOut, watchLine } from '../../src/cli/watch.js';

const counts: ReportInput['counts'] = {
  waiting: 0,
  dialing: 0,
  ringing: 0,
  in_call: 0,
  selected: 2000,
  rang: 1900,
  answered: 1300,
  reached: 1210,
  confirmed: 1200,
  no_digit: 60,
  hung_up: 40,
  no_answer: 700,
  busy: 0,
  declined: 0,
  unreachable: 0,
  congestion: 0,
  cancelled: 0,
  interrupted: 0,
  heard: 1000,
  replayed: 100,
  closing_called: 1210,
  closing_answered: 605,
};
const input: ReportInput = {
  action: {
    number: 12,
    title: 'Vermist meisje',
    kind: 'missing_child',
    state: 'closed',
    simulated: false,
    result: 'found',
  },
  counts,
  timeline: {
    startedAt: 1_000,
    firstInviteAt: 1_250,
    halfReachedAt: 61_000,
    ninetyReachedAt: null,
    dialedOutAt: 301_000,
    firstTipAt: 41_000,
    closedAt: 601_000,
  },
  plan: { selected: 2000, estimateSeconds: { half: 60, ninety: 110, all: 125 }, basis: 'experience' },
  reality: { calledOnceSeconds: { half: 55.5, ninety: 130, all: null }, selected: 2000, reached: 1210 },
  attempts: [
    { participantId: 1, purpose: 'alert', outcome: 'no_answer' },
    { participantId: 1, purpose: 'alert', outcome: 'confirmed' },
    { participantId: 2, purpose: 'alert', outcome: 'no_answer' },
    { participantId: 3, purpose: 'closing', outcome: 'confirmed' },
  ],
  tips: [{ type: 'conversation' }, { type: 'recording' }, { type: 'recording' }],
  inbound: [{ result: 'connected' }, { result: 'recorded' }, { result: 'recorded' }, { result: null }],
};

describe('report of an action', () => {
  it('shows the steps from selected to reached, outcomes, times, tips and closing calls', () => {
    const lines = formatReport(input)
      .split('\n')
      .map((line) => line.trim().replace(/\s+/g, ' '));
    expect(lines).to.include.members([
      'Action 12: Vermist meisje (missing_child; closed, found)',
      'selected 2,000 100 % ████████████████████',
      'dialed 2 0 %',
      'rang 1,900 95 % ███████████████████',
      'confirmed 1 0 %',
      'heard 1,000 50 % ██████████',
      'confirmed 1,200 60 %',
      'no_answer 700 35 %',
      'first call 0.3 s',
      'half reached 1 min 00 s',
      'ninety percent reached –',
      'everyone called 5 min 00 s',
      'Plan and reality (planned from earlier actions)',
      'half called once 1 min 00 s 55.5 s',
      'ninety percent 1 min 50 s 2 min 10 s',
      'all 2 min 05 s –',
      'selected 2,000 2,000',
      'reached 1,210',
      'conversations 1',
      'recordings 2',
      'calls to the tip line 4 (1 connected, 2 recorded, 0 abandoned, 0 refused)',
      'answered 605 50 %',
    ]);
    expect(lines.join('\n')).not.to.include('busy');
  });

  it('works for an action in which nothing has happened yet', () => {
    const nothing = Object.fromEntries(Object.keys(counts).map((name) => [name, 0])) as unknown as typeof counts;
    const timeline = { ...input.timeline, startedAt: null };
    const text = formatReport({ ...input, plan: null, counts: nothing, timeline, attempts: [], tips: [], inbound: [] });
    expect(text).not.to.include('Plan');
    expect(text).to.include('not started').and.include('none').and.not.include('NaN').and.not.include('Closing');
  });
});

describe('watching an action', () => {
  it('prints the numbers of participants by stage, and a warning', () => {
    const now = { ...counts, waiting: 5, dialing: 4, ringing: 3, in_call: 2 };
    const line = { number: 12, state: 'running', simulated: true, counts: now, warning: 'the trunk is down' } as const;
    expect(watchLine(line)).to.equal(
      'SIMULATION: action 12 running: 1210 of 2000 reached, 5 waiting, 4 dialing, 3 ringing, 2 in call  ! the trunk is down',
    );
    expect(watchLine({ ...line, simulated: false })).to.match(/^action 12 running: /);
    expect(isCalledOut(now)).to.equal(false);
    expect(isCalledOut(counts)).to.equal(true);
  });
});
