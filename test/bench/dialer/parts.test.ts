import { expect } from 'chai';
import { amiMessage } from '../../../bench/dialer/ami.js';
import { bareConfig } from '../../../bench/dialer/bare-config.js';
import { parseOptions } from '../../../bench/dialer/options.js';
import { PacedCalls } from '../../../bench/dialer/paced-calls.js';
import {
  LENGTHS_MS,
  markedSound,
  MESSAGE_PACKETS,
  messageSound,
  shortPrompts,
  widened,
} from '../../../bench/dialer/story.js';
import { HEADER_BYTES } from '../../../bench/lib/far-end/rtp.js';
import { soundIn } from '../../../bench/lib/far-end/marks.js';
import { PROMPTS } from '../../../src/domain/messages.js';

describe('The sounds of the benchmark', () => {
  it('the message is as long as planned, and none of its packets is taken for another sound', () => {
    const message = messageSound();
    expect(message.length).to.be.closeTo(LENGTHS_MS.message * 8, 160);
    for (let at = 0; at + 160 <= message.length; at += 160) {
      const packet = Buffer.concat([Buffer.alloc(HEADER_BYTES), message.subarray(at, at + 160)]);
      expect(soundIn(packet)).to.equal('message');
    }
    expect((2 * message.length) / 160).to.be.closeTo(MESSAGE_PACKETS, 2);
  });

  it('every prompt of the product has one, in all the forms that it wants', () => {
    const sounds = shortPrompts();
    expect([...sounds.keys()]).to.have.members([...PROMPTS]);
    for (const alaw of sounds.values()) expect(widened(alaw).length).to.equal(alaw.length * 4);
    expect(sounds.get('alert-prompt')).to.deep.equal(markedSound('prompt'));
  });
});

describe('The bare side', () => {
  const config = bareConfig({
    folders: { etc: '/e', lib: '/l', spool: '/s', run: '/r', log: '/g', sounds: '/x' },
    program: { modulesDir: '/m', dataDir: '/d' },
    ...{ host: '127.0.0.1', sipPort: 1, amiPort: 2, amiSecret: 'secret', trunkPort: 3, rtp: { from: 4, to: 5 } },
  });

  it('answers, reads a digit, and plays the message twice with Playback', () => {
    const plan = config['extensions.conf'] ?? '';
    expect([...plan.matchAll(/(?:s,1|n|n\(done\)),([A-Z]\w+)/g)].map(([, application]) => application)).to.deep.equal([
      ...['Answer', 'Read', 'GotoIf', 'Playback', 'Playback', 'Hangup', 'Hangup'],
    ]);
    expect(plan.split('/x/message').length - 1).to.equal(2);
    expect(plan.split('/x/prompt').length - 1).to.equal(3);
  });

  it('listens on loopback alone and loads no ARI', () => {
    const all = Object.values(config).join('\n');
    expect(all).to.include('bindaddr = 127.0.0.1').and.to.include('bind = 127.0.0.1:1');
    expect(all).not.to.match(/res_ari|res_stasis|0\.0\.0\.0/);
  });

  it('an order to the manager is lines that end in CR LF, and an empty one', () => {
    expect(amiMessage({ Action: 'Login', Username: 'x' })).to.equal('Action: Login\r\nUsername: x\r\n\r\n');
  });

  describe('paces its calls', () => {
    const numbers = ['a', 'b', 'c', 'd'];

    it('one a slot', () => {
      const calls = new PacedCalls({ numbers, lines: 10, cps: 10 });
      expect([0, 50, 100, 199, 200].map((now) => calls.due(now, 0).join(''))).to.deep.equal(['a', '', 'b', '', 'c']);
    });

    it('a slot that came late is made up for, more are not', () => {
      const calls = new PacedCalls({ numbers, lines: 10, cps: 10 });
      calls.due(0, 0);
      expect(calls.due(130, 0)).to.deep.equal(['b']);
      expect(calls.due(200, 0)).to.deep.equal(['c']);
      const late = new PacedCalls({ numbers, lines: 10, cps: 10 });
      late.due(0, 0);
      expect(late.due(1_000, 0)).to.deep.equal(['b', 'c']);
    });

    it('no more at once than there are lines', () => {
      const calls = new PacedCalls({ numbers, lines: 1, cps: 1_000 });
      expect([calls.due(0, 0), calls.due(10, 0), calls.due(20, 1)].map((due) => due.join(''))).to.deep.equal([
        'a',
        '',
        'b',
      ]);
    });

    it('until everybody was called', () => {
      const calls = new PacedCalls({ numbers: ['a'], lines: 1, cps: 1 });
      expect(calls.done).to.equal(false);
      calls.due(0, 0);
      expect(calls.done).to.equal(true);
      expect(calls.due(9_999, 1)).to.deep.equal([]);
    });
  });
});

describe('The options of the benchmark', () => {
  it('are those of the figures unless something else is asked for', () => {
    expect(parseOptions([])).to.deep.equal({
      ...{ calls: [100, 1_000, 10_000], lines: [10, 100, 300], pairs: 5, rate: 100, othersAllowed: 0.05, quick: false },
      parts: ['sizes', 'lines', 'sustained'],
    });
  });

  it('lists are put in order, each value once', () => {
    expect(parseOptions(['--calls', '500,100,500', '--parts', 'lines']).calls).to.deep.equal([100, 500]);
  });

  for (const args of [
    ['--calls', '0'],
    ['--calls', '20000'],
    ['--lines', 'ten'],
    ['--pairs', '1.5'],
    ['--parts', 'everything'],
    ['--speed', '9'],
  ]) {
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => parseOptions(args)).to.throw(args[0]);
    });
  }
});
