import { expect } from 'chai';
import { Emitter } from '../../src/lib/emitter.js';

describe('an emitter', () => {
  it('calls every listener, in the order in which they were added', () => {
    const heard: string[] = [];
    const emitter = new Emitter<string>();
    emitter.on((value) => heard.push(`first ${value}`));
    emitter.on((value) => heard.push(`second ${value}`));
    emitter.emit('news');
    expect(heard).to.deep.equal(['first news', 'second news']);
  });

  it('does not call a removed listener', () => {
    const heard: string[] = [];
    const emitter = new Emitter<string>();
    const leave = emitter.on((value) => heard.push(value));
    leave();
    leave();
    emitter.emit('news');
    expect(heard).to.deep.equal([]);
    expect(emitter.size).to.equal(0);
  });

  it('calls the other listeners when one throws', () => {
    const [heard, errors]: [string[], unknown[]] = [[], []];
    const broken = new Error('broken');
    const emitter = new Emitter<string>((error) => errors.push(error));
    emitter.on(() => {
      throw broken;
    });
    emitter.on((value) => heard.push(value));
    emitter.emit('news');
    expect(heard).to.deep.equal(['news']);
    expect(errors).to.deep.equal([broken]);
  });

  it('lets a listener be removed or added during an event', () => {
    const heard: string[] = [];
    const emitter = new Emitter<string>();
    const leave = emitter.on(() => {
      leave();
      emitter.on((value) => heard.push(`late ${value}`));
    });
    emitter.on((value) => heard.push(`other ${value}`));
    emitter.emit('one');
    emitter.emit('two');
    expect(heard).to.deep.equal(['other one', 'other two', 'late two']);
  });
});
