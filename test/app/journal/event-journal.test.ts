import { expect } from 'chai';
import { EventJournal } from '../../../src/app/journal/event-journal.js';
import { addDraft, freshStores, type Fixture } from '../../adapters/sqlite/support/fixtures.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeLog } from '../../support/fake-log.js';

describe('the events of an action', () => {
  let stores: Fixture;
  let journal: EventJournal;
  let told: string[];
  let id: number;

  beforeEach(() => {
    stores = freshStores();
    id = addDraft(stores).id;
    journal = new EventJournal(stores.events, new FakeClock(), new FakeLog());
    told = [];
    journal.on(({ type }) => told.push(type));
  });

  afterEach(() => {
    stores.close();
  });

  const stored = (): string[] => stores.events.after(id, 0, 10).map(({ type }) => type);

  it('are told in order after the work that stores them is done', () => {
    const result = journal.toldAfter(() =>
      stores.together(() => {
        journal.add(id, 'attempt', {});
        journal.toldAfter(() => {
          journal.add(id, 'reached', {});
        });
        expect(told).to.deep.equal([]);
        return 7;
      }),
    );
    expect([result, told, stored()]).to.deep.equal([7, ['attempt', 'reached'], ['attempt', 'reached']]);
  });

  it('are not told when the work that stores them fails', () => {
    const fails = (): void => {
      journal.toldAfter(() =>
        stores.together(() => {
          journal.add(id, 'attempt', {});
          throw new Error('full');
        }),
      );
    };
    expect(fails).to.throw('full');
    journal.add(id, 'tip', {});
    expect([told, stored()]).to.deep.equal([['tip'], ['tip']]);
  });
});
