import { expect } from 'chai';
import type { InboundCall } from '../../src/domain/tip.js';
import type { E164 } from '../../src/domain/phone-number.js';
import type { PhoneCall } from '../../src/phonenet/index.js';
import type { FaultRecord } from './evidence.js';
import { judgeTipLine } from './judge-tip-line.js';
import type { TipEvidence } from './tip-ledgers.js';

/** The start of the evidence. Times in the tables are ms after this. */
const T = Date.UTC(2026, 0, 5, 12);
const NUMBER = '+31612345678';
const RULES = { marginMs: 300, callsGoOn: true };

/** A caller who was answered after 100 ms and hung up after 10 s. */
const call = (change: Partial<PhoneCall> = {}): PhoneCall => ({
  id: 'call-1',
  kind: 'caller',
  number: NUMBER,
  persona: 'caller',
  from: NUMBER,
  assertedIdentity: '',
  sipCallId: '',
  requestUri: '',
  invitedAt: T,
  ringingAt: null,
  earlyMediaAt: null,
  answeredAt: T + 100,
  endedAt: T + 10_000,
  pressed: [],
  transfers: [],
  spokeAt: [],
  endedBy: 'here',
  cancelled: false,
  sipStatus: null,
  recording: 'call-1.wav',
  ...change,
});
const desk = (change: Partial<PhoneCall> = {}): PhoneCall =>
  call({
    id: 'desk-1',
    kind: 'desk',
    number: 'desk-201',
    from: '"Actie 1" <sip:0612345678@192.0.2.7>',
    answeredAt: T + 1_000,
    endedBy: 'far',
    ...change,
  });
const row = (change: Partial<InboundCall> = {}): InboundCall => ({
  id: 1,
  from: NUMBER as E164,
  participantId: 1,
  actionId: 1,
  callId: '1',
  result: 'connected',
  reason: 'reached',
  receivedAt: T + 10,
  ringingAt: T + 50,
  connectedAt: T + 1_000,
  endedAt: T + 10_000,
  centralistId: 1,
  recordingId: null,
  ...change,
});
type TipRow = TipEvidence['tips'][number];
const tip = (change: Partial<TipRow> = {}): TipRow => {
  return { id: 1, inboundId: 1, type: 'conversation', recordingId: null, ...change };
};
const fault = (kind: FaultRecord['kind'], at: number): FaultRecord => {
  return { kind, at: T + at, startedAt: T + at + 500, until: T + at + 2_000, backMs: 1_500 };
};

/** One caller, who talked to a centralist. */
const evidence = (change: Partial<TipEvidence> = {}): TipEvidence => ({
  callers: [call()],
  desks: [desk()],
  rows: [row()],
  tips: [tip()],
  recordings: new Map(),
  files: new Map(),
  faults: [],
  ...change,
});
/** One caller, who recorded a tip. */
const recorded = (change: Partial<TipEvidence> = {}): TipEvidence =>
  evidence({
    desks: [],
    rows: [row({ result: 'recorded', connectedAt: null, centralistId: null, recordingId: 7 })],
    tips: [tip({ type: 'recording', recordingId: 7 })],
    recordings: new Map([[7, 'tip-a-1.wav']]),
    files: new Map([['tip-a-1.wav', 4_000]]),
    ...change,
  });
/** One caller, who hung up. */
const abandoned = (change: Partial<TipEvidence> = {}): TipEvidence =>
  evidence({
    desks: [],
    rows: [row({ result: 'abandoned', connectedAt: null, centralistId: null })],
    tips: [],
    ...change,
  });

describe('judgeTipLine', () => {
  const table: readonly (readonly [string, TipEvidence, RegExp?])[] = [
    ['a conversation', evidence()],
    ['a recorded tip', recorded()],
    ['a hang-up', abandoned()],
    ['a call without an entry', evidence({ rows: [], tips: [] }), /has no entry/],
    [
      'a call without an entry, although Asterisk died in it',
      evidence({ rows: [], tips: [], faults: [fault('both', 500)] }),
      /no entry/,
    ],
    [
      'a call without an entry that was not answered because of a fault',
      evidence({
        callers: [call({ answeredAt: null })],
        desks: [],
        rows: [],
        tips: [],
        faults: [fault('asterisk', -500)],
      }),
    ],
    [
      'a call without an entry that an Asterisk elsewhere answered in a fault',
      evidence({ desks: [], rows: [], tips: [], files: undefined, faults: [fault('controller', 500)] }),
    ],
    [
      'a call without an entry that an Asterisk elsewhere answered without a fault',
      evidence({ desks: [], rows: [], tips: [], files: undefined, faults: [fault('controller', 60_000)] }),
      /no entry/,
    ],
    ['two entries for one call', evidence({ rows: [row(), row({ id: 2 })] }), /has 2 entries/],
    ['an entry without a call', evidence({ rows: [row(), row({ id: 2, from: null })] }), /belongs to no call/],
    ['an entry left open', evidence({ rows: [row({ result: null, endedAt: null })] }), /left open/],
    [
      'a reason that is impossible',
      evidence({ rows: [row({ reason: 'unknown' })] }),
      /is impossible for a participant who was reached/,
    ],
    ['a conversation without a tip', evidence({ tips: [] }), /has the tips: none/],
    ['a conversation with two tips', evidence({ tips: [tip(), tip({ id: 2 })] }), /a tip twice/],
    ['a recorded call without a tip', recorded({ tips: [] }), /has the tips: none/],
    ['a recorded tip without its recording', recorded({ recordings: new Map(), files: new Map() }), /has no recording/],
    [
      'a recording that is not in the database',
      abandoned({ files: new Map([['tip-a-1.wav', 4_000]]) }),
      /was lost: tip-a-1/,
    ],
    ['an unknown recording that is too short for a tip', abandoned({ files: new Map([['left-1-1-1.wav', 0]]) })],
    ['a connected call that no softphone answered', evidence({ desks: [] }), /answered on no softphone/],
    ['a conversation that is stored as a hang-up', abandoned({ desks: [desk()] }), /talked with desk-201/],
    [
      'a conversation cut short by a fault that is stored as a hang-up',
      abandoned({ desks: [desk()], faults: [fault('asterisk', 1_500)] }),
    ],
    ['a conversation that goes on when the controller dies', evidence({ faults: [fault('controller', 4_000)] })],
    [
      'a conversation that ends when the controller dies',
      evidence({
        callers: [call({ endedAt: T + 6_500, endedBy: 'far' })],
        faults: [fault('controller', 4_000)],
      }),
      /ended at .* with the controller's death/,
    ],
    [
      'a waiting caller who is cut off before the controller is back',
      abandoned({
        callers: [call({ endedAt: T + 4_450, endedBy: 'far' })],
        faults: [fault('controller', 4_000)],
      }),
      /with the controller's death/,
    ],
    [
      'a waiting caller whose call ends after the controller is back',
      recorded({
        callers: [call({ endedAt: T + 6_500, endedBy: 'far' })],
        faults: [fault('controller', 4_000)],
      }),
    ],
    [
      'a call that ends when controller and Asterisk die together',
      abandoned({ callers: [call({ endedAt: T + 4_450, endedBy: 'far' })], faults: [fault('both', 4_000)] }),
    ],
  ];
  for (const [what, facts, finds] of table) {
    it(`${finds ? 'reports' : 'accepts'} ${what}`, () => {
      const found = judgeTipLine(facts, RULES);
      if (finds) expect(found.join('\n')).to.match(finds);
      else expect(found).to.deep.equal([]);
    });
  }
});
