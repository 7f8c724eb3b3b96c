import { expect } from 'chai';
import { EventJournal } from '../../../src/app/journal/event-journal.js';
import { addDraft, freshStores, type Fixture } from '../../adapters/sqlite/support/fixtures.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeLog } from '../../support/fake-log.js';

describe('what happens in an action', () => {
  let stores: Fixture;
  let book: EventJournal;
  let told: string[];
  let id: number;

  beforeEach(() => {
    stores = freshStores();
    id = addDraft(stores).id;
    book = new EventJournal(stores.events, new FakeClock(), new FakeLog());
    told = [];
    book.on(({ type }) => told.push(type));
  });

  afterEach(() => {
    stores.close();
  });

  const kept = (): string[] => stores.events.after(id, 0, 10).map(({ type }) => type);

  it('is told when all that was stored with it is, in its order', () => {
    const result = book.toldAfter(() =>
      stores.together(() => {
        book.add(id, 'attempt', {});
        book.toldAfter(() => {
          book.add(id, 'reached', {});
        });
        expect(told).to.deep.equal([]);
        return 7;
      }),
    );
    expect([result, told, kept()]).to.deep.equal([7, ['attempt', 'reached'], ['attempt', 'reached']]);
  });

  it('is told to nobody when it could not be stored', () => {
    const fails = (): void => {
      book.toldAfter(() =>
        stores.together(() => {
          book.add(id, 'attempt', {});
          throw new Error('full');
        }),
      );
    };
    expect(fails).to.throw('full');
    book.add(id, 'tip', {});
    expect([told, kept()]).to.deep.equal([['tip'], ['tip']]);
  });
});
