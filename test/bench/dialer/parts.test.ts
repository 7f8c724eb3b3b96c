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

describe('Sounds of the dialer benchmark', () => {
  it('have a message of the planned length, whose packets are not taken for another sound', () => {
    const message = messageSound();
    expect(message.length).to.be.closeTo(LENGTHS_MS.message * 8, 160);
    for (let at = 0; at + 160 <= message.length; at += 160) {
      const packet = Buffer.concat([Buffer.alloc(HEADER_BYTES), message.subarray(at, at + 160)]);
      expect(soundIn(packet)).to.equal('message');
    }
    expect((2 * message.length) / 160).to.be.closeTo(MESSAGE_PACKETS, 2);
  });

  it('cover every prompt of the product, in all its formats', () => {
    const sounds = shortPrompts();
    expect([...sounds.keys()]).to.have.members([...PROMPTS]);
    for (const alaw of sounds.values()) expect(widened(alaw).length).to.equal(alaw.length * 4);
    expect(sounds.get('alert-prompt')).to.deep.equal(markedSound('prompt'));
  });
});

describe('Bare side of the dialer benchmark', () => {
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

  it('listens only on loopback and loads no ARI', () => {
    const all = Object.values(config).join('\n');
    expect(all).to.include('bindaddr = 127.0.0.1').and.to.include('bind = 127.0.0.1:1');
    expect(all).not.to.match(/res_ari|res_stasis|0\.0\.0\.0/);
  });

  it('writes an AMI action as lines that end in CR LF, and an empty line', () => {
    expect(amiMessage({ Action: 'Login', Username: 'x' })).to.equal('Action: Login\r\nUsername: x\r\n\r\n');
  });

  describe('pacing', () => {
    const numbers = ['a', 'b', 'c', 'd'];

    it('starts one call at each start time', () => {
      const calls = new PacedCalls({ numbers, lines: 10, cps: 10 });
      expect([0, 50, 100, 199, 200].map((now) => calls.due(now, 0).join(''))).to.deep.equal(['a', '', 'b', '', 'c']);
    });

    it('makes up for one missed start time, not for more', () => {
      const calls = new PacedCalls({ numbers, lines: 10, cps: 10 });
      calls.due(0, 0);
      expect(calls.due(130, 0)).to.deep.equal(['b']);
      expect(calls.due(200, 0)).to.deep.equal(['c']);
      const late = new PacedCalls({ numbers, lines: 10, cps: 10 });
      late.due(0, 0);
      expect(late.due(1_000, 0)).to.deep.equal(['b', 'c']);
    });

    it('has no more calls at the same time than lines', () => {
      const calls = new PacedCalls({ numbers, lines: 1, cps: 1_000 });
      expect([calls.due(0, 0), calls.due(10, 0), calls.due(20, 1)].map((due) => due.join(''))).to.deep.equal([
        'a',
        '',
        'b',
      ]);
    });

    it('is done when every number was called', () => {
      const calls = new PacedCalls({ numbers: ['a'], lines: 1, cps: 1 });
      expect(calls.done).to.equal(false);
      calls.due(0, 0);
      expect(calls.done).to.equal(true);
      expect(calls.due(9_999, 1)).to.deep.equal([]);
    });
  });
});

describe('Options of the dialer benchmark', () => {
  it('have the documented defaults', () => {
    expect(parseOptions([])).to.deep.equal({
      ...{ calls: [100, 1_000, 10_000], lines: [10, 100, 300], pairs: 5, rate: 100, othersAllowed: 0.05, quick: false },
      parts: ['sizes', 'lines', 'sustained'],
    });
  });

  it('sort lists and drop repeated values', () => {
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
    it(`are refused: ${args.join(' ')}`, () => {
      expect(() => parseOptions(args)).to.throw(args[0]);
    });
  }
});
