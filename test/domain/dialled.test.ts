import { expect } from 'chai';
import { readDialled, type Dialled } from '../../src/domain/dialled.js';

describe('the digits that a centralist dials', () => {
  const READ: readonly [dialled: string, meant: Dialled][] = [
    ['*10', { type: 'on_duty' }],
    ['*11', { type: 'off_duty' }],
    ['*20', { type: 'start_action' }],
    ['*21', { type: 'close_action' }],
    ['*22', { type: 'hear_counts' }],
    ['*30', { type: 'hear_myself' }],
    ['*40', { type: 'record_prompts' }],
    ['20', { type: 'extension', extension: '20' }],
    ['201', { type: 'extension', extension: '201' }],
    ['112', { type: 'extension', extension: '112' }],
    ['999999', { type: 'extension', extension: '999999' }],
    ['1', { type: 'unknown' }],
    ['1234567', { type: 'unknown' }],
    ['0612345678', { type: 'unknown' }],
    ['*99', { type: 'unknown' }],
    ['*', { type: 'unknown' }],
    ['', { type: 'unknown' }],
    ['constructor', { type: 'unknown' }],
    ['+31612345678', { type: 'unknown' }],
  ];
  for (const [dialled, meant] of READ) {
    it(`'${dialled}' means ${JSON.stringify(meant)}`, () => {
      expect(readDialled(dialled)).to.deep.equal(meant);
    });
  }
});
