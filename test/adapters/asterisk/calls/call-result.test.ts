import { expect } from 'chai';
import { readCallResult } from '../../../../src/adapters/asterisk/calls/call-result.js';

const SOUND = '0123456789abcdef0123456789abcdef';

describe('result of a call that ended while the controller was down', () => {
  const unanswered = { answered: false, steps: [], soundId: undefined, at: 1795485868088 };
  const table: [string, ReturnType<typeof readCallResult>][] = [
    ['', undefined],
    ['bn-x-a2|1795485868088||SIP 486 Busy Here', undefined],
    ['bn-x-a1|soon||SIP 486 Busy Here', undefined],
    ['bn-x-a1|1795485868088||SIP 486 Busy Here', { ...unanswered, by: 'them', sipStatus: 486, sipReason: 'Busy Here' }],
    ['bn-x-a1|1795485868088||SIP 180 Ringing', { ...unanswered, by: 'them', rangOut: true }],
    ['bn-x-a1|1795485868088||', { ...unanswered, by: 'them', cause: 38, fault: 'the trunk does not answer at all' }],
    ['bn-x-a1|1795485868088||SIP 200 OK', { ...unanswered, by: 'them', answered: true }],
    [
      'bn-x-a1|1795485868088||goodbye@1795485867000|SIP 200 OK',
      { ...unanswered, by: 'them', answered: true, steps: [{ step: 'goodbye', at: 1795485867000 }] },
    ],
    [
      `bn-x-a1|1795485868088|/a folder/${SOUND}|message@1795485860000 replay@1795485866000|SIP 200 OK`,
      {
        by: 'them',
        answered: true,
        steps: [
          { step: 'message', at: 1795485860000 },
          { step: 'replay', at: 1795485866000 },
        ],
        soundId: SOUND,
        at: 1795485868088,
      },
    ],
  ];
  for (const [stored, expected] of table) {
    it(`is read from '${stored}'`, () => {
      expect(readCallResult('bn-x-a1', stored)).to.deep.equal(expected);
    });
  }
});
