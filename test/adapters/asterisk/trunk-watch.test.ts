import { expect } from 'chai';
import { TrunkWatch } from '../../../src/adapters/asterisk/trunk-watch.js';

describe('the watch on the trunk', () => {
  let changes: string[];
  let watch: TrunkWatch;

  beforeEach(() => {
    changes = [];
    watch = new TrunkWatch(() => changes.push(`${watch.state} ${watch.reason}`.trim()));
  });

  const DEAD = { by: 'them', cause: 38, fault: 'the trunk does not answer at all' } as const;

  it('knows nothing before the first call has ended, nor from calls that we ended or that were lost', () => {
    watch.ended({ by: 'us', cause: 16 });
    watch.ended({ by: 'lost', fault: 'Asterisk is not connected' });
    expect([watch.state, changes]).to.deep.equal(['unknown', []]);
  });

  it('takes any answer of the network for life: also a refusal, also ringing out', () => {
    for (const end of [{ sipStatus: 486 }, { sipStatus: 503 }, { rangOut: true }, { cause: 16 }]) {
      const fresh = new TrunkWatch(() => undefined);
      fresh.ended({ by: 'them', ...end });
      expect(fresh.state, JSON.stringify(end)).to.equal('up');
    }
  });

  it('says what to check when it is dead, once, and that it is back', () => {
    watch.ended(DEAD);
    watch.ended(DEAD);
    watch.ended({ by: 'us', cause: 16 });
    watch.ended({ by: 'them', sipStatus: 486 });
    expect(changes).to.have.lengthOf(2);
    expect(changes[0]).to.match(/^down .*BURGERNET_TRUNK/);
    expect(changes[1]).to.equal('up');
  });
});
