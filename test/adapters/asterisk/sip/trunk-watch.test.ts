import { expect } from 'chai';
import { TrunkWatch } from '../../../../src/adapters/asterisk/sip/trunk-watch.js';
import { FakeClock } from '../../../support/fake-clock.js';

const OPTIONS = { everyMs: 10_000, timeoutMs: 4_000 };
const DEAD = { by: 'them', cause: 38, fault: 'the trunk does not answer at all' } as const;
const BUSY = { by: 'them', sipStatus: 486 } as const;
const FORBIDDEN = { type: 'refused', status: 403, phrase: 'Forbidden' } as const;
const REGISTERED = { type: 'registered' } as const;
const SILENT = { type: 'silent' } as const;

describe('the watch on the trunk', () => {
  let clock: FakeClock;
  let changes: string[];
  let watch: TrunkWatch;

  const started = (options?: typeof OPTIONS): TrunkWatch => {
    const made: TrunkWatch = new TrunkWatch({
      clock,
      options,
      onChange: () => changes.push(`${made.state} ${made.problem?.code ?? ''} ${made.reason}`.trim()),
    });
    return made;
  };

  beforeEach(() => {
    clock = new FakeClock();
    changes = [];
    watch = started(OPTIONS);
  });

  describe('by calls alone', () => {
    beforeEach(() => {
      watch = started();
    });

    it('knows nothing before the first call has ended, nor from calls that we ended or that were lost', () => {
      watch.ended({ by: 'us', cause: 16 });
      watch.ended({ by: 'lost', fault: 'Asterisk is not connected' });
      expect([watch.state, changes]).to.deep.equal(['unknown', []]);
    });

    it('takes any answer of the network for life: also a refusal, also ringing out', () => {
      for (const end of [{ sipStatus: 486 }, { sipStatus: 503 }, { rangOut: true }, { cause: 16 }]) {
        const fresh = started();
        fresh.ended({ by: 'them', ...end });
        expect(fresh.state, JSON.stringify(end)).to.equal('up');
      }
    });

    it('says what to check when it is dead, once, and that it is back', () => {
      watch.ended(DEAD);
      watch.ended(DEAD);
      watch.ended({ by: 'us', cause: 16 });
      watch.ended(BUSY);
      expect(changes).to.have.lengthOf(2);
      expect(changes[0]).to.match(/^down trunk_down .*BURGERNET_TRUNK/);
      expect(changes[1]).to.equal('up');
    });

    it('is not brought back by a telephone that had rung before and has now rung out', () => {
      watch.ended(DEAD);
      watch.ended({ by: 'them', rangOut: true });
      expect(watch.state).to.equal('down');
      watch.heard();
      expect(watch.state).to.equal('up');
    });
  });

  describe('by OPTIONS', () => {
    it('knows it dead before any call, names the setting, and knows it back', async () => {
      watch.optionsAnswered(true);
      await clock.advance(60_000);
      watch.optionsAnswered(false);
      watch.optionsAnswered(true);
      expect(changes.map((change) => change.split(' ')[0])).to.deep.equal(['up', 'down', 'up']);
      expect(changes[1]).to.include('OPTIONS').and.include('BURGERNET_TRUNK_OPTIONS=0');
    });

    it('takes their silence for nothing once calls get through, until one is answered', async () => {
      watch.optionsAnswered(false);
      watch.ended(BUSY);
      await clock.advance(600_000);
      // Asterisk was started anew.
      watch.forget();
      watch.optionsAnswered(false);
      expect(watch.state).to.equal('up');
      watch.optionsAnswered(true);
      await clock.advance(600_000);
      watch.optionsAnswered(false);
      expect(watch.state).to.equal('down');
    });

    it('takes their silence for nothing while a telephone rings: the operator is only slow to answer them', async () => {
      watch.optionsAnswered(true);
      await clock.advance(600_000);
      watch.heard();
      await clock.advance(1_000);
      watch.optionsAnswered(false);
      expect(watch.state).to.equal('up');
    });

    it('lets them correct a call that got no answer, and only those that are asked after it', async () => {
      watch.optionsAnswered(true);
      watch.ended(DEAD);
      await clock.advance(13_999);
      expect(watch.state).to.equal('down');
      await clock.advance(1);
      expect(watch.state).to.equal('up');
      watch.ended(DEAD);
      watch.optionsAnswered(false);
      await clock.advance(60_000);
      expect(watch.state).to.equal('down');
    });
  });

  describe('by our registration', () => {
    it('is refused: told with the SIP status and what to do, whatever calls and OPTIONS say, until it is accepted', () => {
      watch.optionsAnswered(true);
      watch.registration(FORBIDDEN);
      watch.ended(BUSY);
      expect(watch.problem).to.deep.equal({ code: 'trunk_refused', sipStatus: 403 });
      expect(watch.reason).to.include('SIP 403 Forbidden').and.include('BURGERNET_TRUNK_PASSWORD');
      watch.registration(REGISTERED);
      expect([watch.state, watch.problem, watch.reason]).to.deep.equal(['up', null, '']);
    });

    it('is unanswered: the trunk is dead, or only does not register us', () => {
      watch.registration(SILENT);
      expect(watch.problem).to.deep.equal({ code: 'trunk_down', asked: 'register' });
      watch.ended(BUSY);
      expect(watch.problem).to.deep.equal({ code: 'trunk_refused', sipStatus: null });
      watch.registration(REGISTERED);
      expect(watch.problem).to.equal(null);
    });

    it('is accepted by an operator that ignores OPTIONS: no alarm, before and after', async () => {
      watch.registration(REGISTERED);
      await clock.advance(60_000);
      watch.optionsAnswered(false);
      expect(watch.state).to.equal('up');
      const other = started(OPTIONS);
      other.optionsAnswered(false);
      other.registration(REGISTERED);
      expect(other.state).to.equal('up');
    });

    it('says nothing any more once Asterisk is away', () => {
      watch.registration(FORBIDDEN);
      watch.forget();
      expect(watch.problem).to.equal(null);
    });
  });
});
