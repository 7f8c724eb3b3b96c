import { expect } from 'chai';
import { parsed, Problem, refused } from '../../src/domain/problem.js';

describe('a problem', () => {
  it('is an error with a code, a sentence and the wrong fields', () => {
    const fields = [{ field: 'area.postcodes.0', message: 'is not a postcode' }];
    const problem = new Problem('invalid', 'the action cannot be made', fields);
    expect(problem).to.be.instanceOf(Error);
    expect(problem).to.include({ name: 'Problem', code: 'invalid', message: 'the action cannot be made' });
    expect(problem.fields).to.deep.equal(fields);
  });

  it('has no fields when none are given', () => {
    expect(new Problem('not_found', 'there is no action 12').fields).to.deep.equal([]);
  });

  it('has its own name in a stack trace', () => {
    expect(String(new Problem('conflict', 'already closed'))).to.equal('Problem: already closed');
  });
});

describe('the result of parsing', () => {
  it('is a value, even one that counts as false', () => {
    expect(parsed(0)).to.deep.equal({ ok: true, value: 0 });
    expect(parsed(null)).to.deep.equal({ ok: true, value: null });
  });
  it('is the reason of a refusal', () => {
    expect(refused('is empty')).to.deep.equal({ ok: false, reason: 'is empty' });
  });
});
