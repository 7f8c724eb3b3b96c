import { expect } from 'chai';
import type { ChannelSnapshot } from '../../../../src/adapters/asterisk/ari/events.js';
import { compareWithAsterisk, Reconciler, type KnownCall } from '../../../../src/adapters/asterisk/calls/reconciler.js';
import { FakeClock } from '../../../support/fake-clock.js';

const channel = (id: string, state = 'Up', inApp = ''): ChannelSnapshot => ({
  id,
  name: `PJSIP/${id}`,
  state,
  caller: { name: '', number: '' },
  dialplan: inApp === '' ? { app_name: 'AppDial2', app_data: '' } : { app_name: 'Stasis', app_data: inApp },
});
const known = (id: string, more: Partial<KnownCall> = {}): KnownCall => ({
  id,
  hungUpByUs: false,
  unanswered: false,
  needsStasis: true,
  ...more,
});
const isOurs = (id: string): boolean => id.startsWith('bn-');
const ALERT = 'burgernet-alert,outgoing';

describe('reconciler', () => {
  const table: [string, KnownCall[], ChannelSnapshot[], string[]][] = [
    ['nothing at all', [], [], []],
    ['a call that is in Asterisk', [known('bn-1')], [channel('bn-1', 'Up', ALERT)], []],
    ['a call that is gone', [known('bn-1')], [], ['gone bn-1']],
    ['a call that still rings', [known('bn-1', { unanswered: true })], [channel('bn-1', 'Ringing')], []],
    [
      'an answered call that is not in the application yet',
      [known('bn-1', { unanswered: true })],
      [channel('bn-1', 'Up')],
      [],
    ],
    [
      'a call whose answer was not reported',
      [known('bn-1', { unanswered: true })],
      [channel('bn-1', 'Up', ALERT)],
      ['answered bn-1'],
    ],
    [
      'a call that should be over',
      [known('bn-1', { hungUpByUs: true })],
      [channel('bn-1', 'Up', ALERT)],
      ['still_there bn-1'],
    ],
    [
      'an alert call whose answer was not reported',
      [known('bn-1', { unanswered: true, needsStasis: false })],
      [channel('bn-1', 'Up')],
      ['answered bn-1'],
    ],
    ['a call with our id that the controller does not know', [], [channel('bn-1')], ['orphan bn-1']],
    ['a call that is not ours', [], [channel('another')], []],
    [
      'a call to the tip line that the controller does not know',
      [],
      [channel('x', 'Up', 'burgernet-tips,incoming,allowed')],
      ['caller x'],
    ],
    ['an outgoing call of another controller', [], [channel('x', 'Up', 'burgernet-tips,outgoing')], []],
  ];
  for (const [name, ours, theirs, expected] of table) {
    it(`compares: ${name}`, () => {
      expect(compareWithAsterisk(ours, theirs, isOurs).map(({ type, id }) => `${type} ${id}`)).to.deep.equal(expected);
    });
  }

  describe('comparing regularly', () => {
    let clock: FakeClock;
    let there: ChannelSnapshot[] | Error;
    let ours: KnownCall[];
    let settled: string[];
    let reconciler: Reconciler;

    beforeEach(() => {
      [clock, there, ours, settled] = [new FakeClock(), [], [], []];
      reconciler = new Reconciler({
        clock,
        known: () => ours,
        list: () => (there instanceof Error ? Promise.reject(there) : Promise.resolve(there)),
        isOurs,
        settle: ({ type, id }) => {
          settled.push(`${type} ${id}`);
          ours = ours.filter((call) => call.id !== id);
        },
      });
      reconciler.start();
    });

    afterEach(() => {
      reconciler.close();
      expect(clock.pending, 'timers left behind').to.equal(0);
    });

    it('settles nothing for an event that is still on its way', async () => {
      ours = [known('bn-1')];
      await clock.advance(0);
      ours = [];
      await clock.advance(60_000);
      expect(settled).to.deep.equal([]);
    });

    it('settles a lasting difference at the second comparison', async () => {
      await clock.advance(10);
      ours = [known('bn-1')];
      await clock.advance(6_100);
      expect(settled).to.deep.equal(['gone bn-1']);
    });

    it('settles nothing while Asterisk does not answer, and needs two comparisons again after that', async () => {
      ours = [known('bn-1')];
      await clock.advance(10);
      there = new Error('away');
      await clock.advance(30_000);
      there = [];
      await clock.advance(5_000);
      expect(settled).to.deep.equal([]);
      await clock.advance(1_000);
      expect(settled).to.deep.equal(['gone bn-1']);
    });
  });
});
