import { expect } from 'chai';
import type { AriLink } from '../../../src/adapters/asterisk/ari/ari-link.js';
import { AriError } from '../../../src/adapters/asterisk/ari/errors.js';
import { SilentLines } from '../../../src/adapters/asterisk/calls/silent-lines.js';
import { FakeClock } from '../../support/fake-clock.js';

describe('silent lines', () => {
  let clock: FakeClock;
  let lines: SilentLines;
  let asked: (readonly [call: string, by: string, at: number])[];
  let packets: Map<string, number>;
  let allow: string;
  const speaks: string[] = [];

  beforeEach(() => {
    clock = new FakeClock();
    [asked, packets, allow] = [[], new Map([['one', 0]]), ''];
    speaks.length = 0;
    const began = clock.monotonic();
    const request = (method: string, path: string, query: Record<string, string> = {}): Promise<unknown> => {
      const [, id = '', what] = path.split('/');
      const count = packets.get(id);
      if (count === undefined) return Promise.reject(new AriError(404, 'there is no such channel'));
      if (what === 'rtp_statistics') {
        const rxcount = count + (speaks.includes(id) ? 500 : 0);
        packets.set(id, rxcount);
        return Promise.resolve({ rxcount });
      }
      if (method === 'GET') return Promise.resolve({ value: query.variable?.startsWith('PJSIP_HEADER') ? allow : '' });
      asked.push([id, query.value ?? '', clock.monotonic() - began]);
      return Promise.resolve(undefined);
    };
    const calls = () => [...packets.keys()].map((id) => ({ id, over: false }));
    lines = new SilentLines({ link: { request } as unknown as AriLink, clock, calls });
    lines.start();
  });
  afterEach(() => {
    lines.stop();
  });

  it('are asked after half a minute, and after each minute more', async () => {
    await clock.advance(170_000);
    expect(asked).to.deep.equal([
      ['one', 'invite', 40_000],
      ['one', 'invite', 100_000],
      ['one', 'invite', 160_000],
    ]);
  });

  it('are asked by UPDATE where the far end takes it', async () => {
    allow = 'INVITE, ACK, UPDATE';
    await clock.advance(40_000);
    expect(asked).to.deep.equal([['one', 'update', 40_000]]);
  });

  it('are not asked while they are heard, and count anew from then on', async () => {
    speaks.push('one');
    await clock.advance(300_000);
    expect(asked).to.deep.equal([]);
    speaks.length = 0;
    await clock.advance(40_000);
    expect(asked.map(([, , at]) => at)).to.deep.equal([330_000]);
  });

  it('that Asterisk does not know, or of which it does not say, are left alone', async () => {
    await clock.advance(30_000);
    packets.clear();
    await clock.advance(60_000);
    expect(asked).to.deep.equal([]);
  });

  it('are asked nothing more while Asterisk is away', async () => {
    lines.stop();
    await clock.advance(100_000);
    expect(asked).to.deep.equal([]);
    lines.start();
    await clock.advance(40_000);
    expect(asked).to.have.length(1);
  });
});
