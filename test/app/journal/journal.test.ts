import { expect } from 'chai';
import { EventJournal } from '../../../src/app/journal/event-journal.js';
import { Journal } from '../../../src/app/journal/journal.js';
import { addDraft, freshStores, type Fixture } from '../../adapters/sqlite/support/fixtures.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeLog } from '../../support/fake-log.js';

describe('the journal', () => {
  let stores: Fixture;
  let clock: FakeClock;
  let events: EventJournal;
  let journal: Journal;
  let heard: string[];
  let id: number;

  beforeEach(() => {
    stores = freshStores();
    id = addDraft(stores).id;
    clock = new FakeClock();
    events = new EventJournal(stores.events, clock, new FakeLog());
    journal = new Journal({ stores, events, clock });
    heard = [];
    events.on(({ type }) => heard.push(type));
  });

  afterEach(() => {
    expect(clock.pending, 'timers left behind').to.equal(0);
    stores.close();
  });

  const stored = (): string[] => stores.events.after(id, 0, 10).map(({ type }) => type);

  it('tells listeners of an event only after its rows are stored', () => {
    const result = journal.store(() => {
      events.addOrThrow(id, 'tip', {});
      expect(heard).to.deep.equal([]);
      return 7;
    });
    expect([result, heard, stored()]).to.deep.equal([7, ['tip'], ['tip']]);
  });

  it('stores nothing and tells nothing when the write throws', () => {
    const write = (): void => {
      events.addOrThrow(id, 'tip', {});
      throw new Error('broken');
    };
    expect(() => {
      journal.store(write);
    }).to.throw('broken');
    expect([heard, stored()]).to.deep.equal([[], []]);
  });

  describe('postponed writes', () => {
    let failed: unknown[];
    beforeEach(() => {
      failed = [];
    });
    const soon = (type: string, fails = false): void => {
      journal.storeSoon(
        () => {
          events.addOrThrow(id, type, {});
          if (fails) throw new Error('broken');
        },
        (error) => failed.push(error),
      );
    };

    it('are stored before the next write, in one transaction with it', async () => {
      soon('attempt');
      expect(stored()).to.deep.equal([]);
      journal.store(() => {
        events.addOrThrow(id, 'tip', {});
      });
      expect([heard, stored()]).to.deep.equal([
        ['attempt', 'tip'],
        ['attempt', 'tip'],
      ]);
      await clock.advance(50);
      expect(stored()).to.have.length(2);
    });

    it('are stored after a moment when no other write comes', async () => {
      soon('attempt');
      soon('tip');
      await clock.advance(49);
      expect(stored()).to.deep.equal([]);
      await clock.advance(1);
      expect(stored()).to.deep.equal(['attempt', 'tip']);
    });

    it('are not stored twice by a write within another write', async () => {
      journal.store(() => {
        soon('attempt');
        journal.store(() => {
          events.addOrThrow(id, 'tip', {});
        });
        expect(stored()).to.deep.equal(['tip']);
      });
      await clock.advance(50);
      expect([stored(), failed]).to.deep.equal([['tip', 'attempt'], []]);
    });

    it('that fail do not hold up the write after them, and are reported', async () => {
      soon('attempt', true);
      journal.store(() => {
        events.addOrThrow(id, 'tip', {});
      });
      expect([stored(), failed.length]).to.deep.equal([['tip'], 1]);
      soon('attempt', true);
      await clock.advance(100);
      expect([stored(), failed.length]).to.deep.equal([['tip'], 2]);
    });

    it('are reported when the write that they were stored with fails', async () => {
      soon('attempt');
      expect(() => {
        journal.store(() => {
          throw new Error('broken');
        });
      }).to.throw('broken');
      expect([stored(), heard, failed.length]).to.deep.equal([[], [], 1]);
      await clock.advance(100);
    });
  });

  it('keeps a write that must not be lost until it is stored, and tells of it once', async () => {
    const failures: unknown[] = [];
    stores.db.sqlite.pragma('query_only = ON');
    const result = journal.storeForSure(
      () => {
        events.addOrThrow(id, 'tip', {});
        return 7;
      },
      (error) => failures.push(error),
    );
    await clock.advance(5_000);
    expect(failures).to.have.length(1);
    expect(heard).to.deep.equal([]);
    stores.db.sqlite.pragma('query_only = OFF');
    expect(await clock.finish(result)).to.equal(7);
    expect([heard, stored()]).to.deep.equal([['tip'], ['tip']]);
  });
});
