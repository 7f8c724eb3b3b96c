import { expect } from 'chai';
import { parsed, Problem, refused } from '../../src/domain/problem.js';

describe('A problem', () => {
  it('is an error with a code, a sentence and the fields that are wrong', () => {
    const fields = [{ field: 'area.postcodes.0', message: 'is not a postcode' }];
    const problem = new Problem('invalid', 'the action cannot be made', fields);
    expect(problem).to.be.instanceOf(Error);
    expect(problem).to.include({ name: 'Problem', code: 'invalid', message: 'the action cannot be made' });
    expect(problem.fields).to.deep.equal(fields);
  });

  it('has no fields when nobody typed anything wrong', () => {
    expect(new Problem('not_found', 'there is no action 12').fields).to.deep.equal([]);
  });

  it('shows in a stack trace by its own name', () => {
    expect(String(new Problem('conflict', 'already closed'))).to.equal('Problem: already closed');
  });
});

describe('Reading what somebody typed', () => {
  it('gives a value, also one that counts as false', () => {
    expect(parsed(0)).to.deep.equal({ ok: true, value: 0 });
    expect(parsed(null)).to.deep.equal({ ok: true, value: null });
  });
  it('or the reason why it is none', () => {
    expect(refused('is empty')).to.deep.equal({ ok: false, reason: 'is empty' });
  });
});
