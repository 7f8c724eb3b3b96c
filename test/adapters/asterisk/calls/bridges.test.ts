import { expect } from 'chai';
import { AriError } from '../../../../src/adapters/asterisk/ari/errors.js';
import { Bridges, type BridgesOptions } from '../../../../src/adapters/asterisk/calls/bridges.js';
import { FakeClock } from '../../../support/fake-clock.js';

describe('bridges of conversations', () => {
  let clock: FakeClock;
  let bridges: Bridges;
  /** The bridges in Asterisk, each with its calls. */
  let inAsterisk: Map<string, string[]>;
  let reachable: boolean;
  /** Until then, monotonic ms, Asterisk is still destroying a bridge. */
  let goneAt: number;
  /** Asterisk carries out this many requests without answering. */
  let answersLost: number;

  const carryOut = (method: string, id: string): unknown => {
    if (id === '') return [...inAsterisk].map(([one, channels]) => ({ id: one, channels }));
    const isGoing = clock.monotonic() < goneAt;
    if (method === 'POST' && (isGoing || inAsterisk.has(id))) throw new AriError(409, 'a bridge of this name exists');
    if (method === 'POST') inAsterisk.set(id, []);
    else if (!inAsterisk.delete(id)) throw new AriError(404, 'there is no such bridge');
    return undefined;
  };
  // eslint-disable-next-line @typescript-eslint/require-await -- it rejects instead of throwing
  const request = async (method: string, path: string): Promise<unknown> => {
    if (!reachable) throw new AriError(0, 'Asterisk is not connected', { unsent: true });
    const result = carryOut(method, path.split('/')[1] ?? '');
    if (answersLost === 0) return result;
    answersLost -= 1;
    throw new AriError(0, 'Asterisk did not answer');
  };
  const left = (): string[] => [...inAsterisk.keys()];

  beforeEach(() => {
    clock = new FakeClock();
    [inAsterisk, reachable, answersLost, goneAt] = [new Map<string, string[]>(), true, 0, 0];
    bridges = new Bridges({ clock, link: { request } as unknown as BridgesOptions['link'] });
  });
  afterEach(() => {
    bridges.close();
    expect(clock.pending).to.equal(0);
  });

  it('replace a bridge of the same call that a dead controller left', async () => {
    inAsterisk.set('one-bridge', ['gone']);
    expect(await bridges.make('one')).to.equal('one-bridge');
    expect(inAsterisk.get('one-bridge')).to.deep.equal([]);
  });

  it('are made again after a transfer, although Asterisk answers before the old bridge is gone', async () => {
    await bridges.make('one');
    goneAt = clock.monotonic() + 300;
    await bridges.destroy('one');
    const making = bridges.make('one');
    await clock.finish(making);
    expect(left()).to.deep.equal(['one-bridge']);
    expect(clock.monotonic()).to.be.at.least(goneAt);
  });

  it('are destroyed when Asterisk can be reached again, if the link is down when the conversation ends', async () => {
    await bridges.make('one');
    reachable = false;
    await bridges.destroy('one');
    await clock.advance(60_000);
    expect(left()).to.deep.equal(['one-bridge']);
    reachable = true;
    await clock.advance(5_000);
    expect(left()).to.deep.equal([]);
  });

  it('are destroyed when Asterisk made them without answering', async () => {
    answersLost = 2;
    const made = await bridges.make('one').catch((error: unknown) => error);
    expect(made).to.be.instanceOf(AriError);
    await clock.advance(5_000);
    expect(left()).to.deep.equal([]);
  });

  it('stay when the same call is bridged again before the earlier bridge could be destroyed', async () => {
    await bridges.make('one');
    reachable = false;
    await bridges.destroy('one');
    reachable = true;
    await bridges.make('one');
    await clock.advance(60_000);
    expect(left()).to.deep.equal(['one-bridge']);
  });

  it('are destroyed after a restart when nobody is in them, but not those of others or of live conversations', async () => {
    inAsterisk.set('left-empty-bridge', []);
    inAsterisk.set('left-with-a-stranger-bridge', ['gone']);
    inAsterisk.set('of-a-live-call-bridge', ['live']);
    inAsterisk.set('of-another-program', []);
    // A caller who came in during the recovery is being bridged: nobody is in that bridge yet.
    await bridges.make('new');
    bridges.use('taken-over');
    inAsterisk.set('taken-over-bridge', []);
    await bridges.destroyUnused((id) => id === 'live');
    expect(left()).to.have.members(['of-a-live-call-bridge', 'of-another-program', 'new-bridge', 'taken-over-bridge']);
  });
});
