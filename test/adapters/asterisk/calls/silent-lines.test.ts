import { expect } from 'chai';
import type { AriLink } from '../../../../src/adapters/asterisk/ari/ari-link.js';
import { AriError } from '../../../../src/adapters/asterisk/ari/errors.js';
import { SilentLines } from '../../../../src/adapters/asterisk/calls/silent-lines.js';
import { FakeClock } from '../../../support/fake-clock.js';

describe('silent lines', () => {
  let clock: FakeClock;
  let lines: SilentLines;
  let asked: (readonly [call: string, by: string, at: number])[];
  let packets: Map<string, number>;
  let allow: string;
  const speaking: string[] = [];

  beforeEach(() => {
    clock = new FakeClock();
    [asked, packets, allow] = [[], new Map([['one', 0]]), ''];
    speaking.length = 0;
    const began = clock.monotonic();
    const request = (method: string, path: string, query: Record<string, string> = {}): Promise<unknown> => {
      const [, id = '', what] = path.split('/');
      const count = packets.get(id);
      if (count === undefined) return Promise.reject(new AriError(404, 'there is no such channel'));
      if (what === 'rtp_statistics') {
        const rxcount = count + (speaking.includes(id) ? 500 : 0);
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

  it('ask the far end after half a minute without packets, and again after each further minute', async () => {
    await clock.advance(170_000);
    expect(asked).to.deep.equal([
      ['one', 'invite', 40_000],
      ['one', 'invite', 100_000],
      ['one', 'invite', 160_000],
    ]);
  });

  it('ask by UPDATE if the far end allows it', async () => {
    allow = 'INVITE, ACK, UPDATE';
    await clock.advance(40_000);
    expect(asked).to.deep.equal([['one', 'update', 40_000]]);
  });

  it('ask nothing while packets come in, and start counting again after that', async () => {
    speaking.push('one');
    await clock.advance(300_000);
    expect(asked).to.deep.equal([]);
    speaking.length = 0;
    await clock.advance(40_000);
    expect(asked.map(([, , at]) => at)).to.deep.equal([330_000]);
  });

  it('ask nothing about a call that Asterisk does not know', async () => {
    await clock.advance(30_000);
    packets.clear();
    await clock.advance(60_000);
    expect(asked).to.deep.equal([]);
  });

  it('ask nothing while stopped, and count again after a start', async () => {
    lines.stop();
    await clock.advance(100_000);
    expect(asked).to.deep.equal([]);
    lines.start();
    await clock.advance(40_000);
    expect(asked).to.have.length(1);
  });
});
