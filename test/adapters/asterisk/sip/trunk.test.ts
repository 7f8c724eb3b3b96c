import { expect } from 'chai';
import { TrunkWatch } from '../../../../src/adapters/asterisk/sip/trunk.js';
import { FakeClock } from '../../../support/fake-clock.js';

const OPTIONS = { everyMs: 10_000, timeoutMs: 4_000 };
const DEAD = { by: 'them', cause: 38, fault: 'the trunk does not answer at all' } as const;
const BUSY = { by: 'them', sipStatus: 486 } as const;
const FORBIDDEN = { type: 'refused', status: 403, phrase: 'Forbidden' } as const;
const REGISTERED = { type: 'registered' } as const;
const SILENT = { type: 'silent' } as const;

describe('trunk watch', () => {
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

  describe('from calls alone', () => {
    beforeEach(() => {
      watch = started();
    });

    it('knows nothing before the first call has ended, and nothing from lost calls and our own hang-ups', () => {
      watch.callEnded({ by: 'us', cause: 16 });
      watch.callEnded({ by: 'lost', fault: 'Asterisk is not connected' });
      expect([watch.state, changes]).to.deep.equal(['unknown', []]);
    });

    it('accepts any answer as a sign that the trunk works, even a refusal or ringing out', () => {
      for (const end of [{ sipStatus: 486 }, { sipStatus: 503 }, { rangOut: true }, { cause: 16 }]) {
        const fresh = started();
        fresh.callEnded({ by: 'them', ...end });
        expect(fresh.state, JSON.stringify(end)).to.equal('up');
      }
    });

    it('reports once that the trunk is dead and what to check, and that it is back', () => {
      watch.callEnded(DEAD);
      watch.callEnded(DEAD);
      watch.callEnded({ by: 'us', cause: 16 });
      watch.callEnded(BUSY);
      expect(changes).to.have.lengthOf(2);
      expect(changes[0]).to.match(/^down trunk_down .*BURGERNET_TRUNK/);
      expect(changes[1]).to.equal('up');
    });

    it('stays down when a telephone rings out that rang before the trunk died', () => {
      watch.callEnded(DEAD);
      watch.callEnded({ by: 'them', rangOut: true });
      expect(watch.state).to.equal('down');
      watch.callAlive();
      expect(watch.state).to.equal('up');
    });
  });

  describe('from OPTIONS', () => {
    it('finds the trunk dead before any call, names the setting, and finds it back', async () => {
      watch.optionsAnswered(true);
      await clock.advance(60_000);
      watch.optionsAnswered(false);
      watch.optionsAnswered(true);
      expect(changes.map((change) => change.split(' ')[0])).to.deep.equal(['up', 'down', 'up']);
      expect(changes[1]).to.include('OPTIONS').and.include('BURGERNET_TRUNK_OPTIONS=0');
    });

    it('ignores unanswered OPTIONS once calls get through, until one is answered', async () => {
      watch.optionsAnswered(false);
      watch.callEnded(BUSY);
      await clock.advance(600_000);
      // Asterisk was restarted.
      watch.forget();
      watch.optionsAnswered(false);
      expect(watch.state).to.equal('up');
      watch.optionsAnswered(true);
      await clock.advance(600_000);
      watch.optionsAnswered(false);
      expect(watch.state).to.equal('down');
    });

    it('ignores an unanswered OPTIONS while a telephone rings, because the operator is only slow', async () => {
      watch.optionsAnswered(true);
      await clock.advance(600_000);
      watch.callAlive();
      await clock.advance(1_000);
      watch.optionsAnswered(false);
      expect(watch.state).to.equal('up');
    });

    it('comes up again after an unanswered call when a later OPTIONS is answered', async () => {
      watch.optionsAnswered(true);
      watch.callEnded(DEAD);
      await clock.advance(13_999);
      expect(watch.state).to.equal('down');
      await clock.advance(1);
      expect(watch.state).to.equal('up');
      watch.callEnded(DEAD);
      watch.optionsAnswered(false);
      await clock.advance(60_000);
      expect(watch.state).to.equal('down');
    });
  });

  describe('from our registration', () => {
    it('reports a refusal with the SIP status and advice, whatever calls and OPTIONS show, until it is accepted', () => {
      watch.optionsAnswered(true);
      watch.registration(FORBIDDEN);
      watch.callEnded(BUSY);
      expect(watch.problem).to.deep.equal({ code: 'trunk_refused', sipStatus: 403 });
      expect(watch.reason).to.include('SIP 403 Forbidden').and.include('BURGERNET_TRUNK_PASSWORD');
      watch.registration(REGISTERED);
      expect([watch.state, watch.problem, watch.reason]).to.deep.equal(['up', null, '']);
    });

    it('reports a dead trunk for an unanswered registration, or only the registration when calls work', () => {
      watch.registration(SILENT);
      expect(watch.problem).to.deep.equal({ code: 'trunk_down', asked: 'register' });
      watch.callEnded(BUSY);
      expect(watch.problem).to.deep.equal({ code: 'trunk_refused', sipStatus: null });
      watch.registration(REGISTERED);
      expect(watch.problem).to.equal(null);
    });

    it('raises no alarm for an operator that accepts the registration and ignores OPTIONS', async () => {
      watch.registration(REGISTERED);
      await clock.advance(60_000);
      watch.optionsAnswered(false);
      expect(watch.state).to.equal('up');
      const other = started(OPTIONS);
      other.optionsAnswered(false);
      other.registration(REGISTERED);
      expect(other.state).to.equal('up');
    });

    it('reports no problem once the link to Asterisk is lost', () => {
      watch.registration(FORBIDDEN);
      watch.forget();
      expect(watch.problem).to.equal(null);
    });
  });
});
