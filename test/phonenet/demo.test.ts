import { expect } from 'chai';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionCounts } from '../../src/app/services.js';
import type { Api } from '../../src/cli/api-client.js';
import { forEach, formatChecks } from '../../src/phonenet/demo/checks.js';
import { mostAtOnce, mostInOneSecond, percentile } from '../../src/phonenet/demo/evidence.js';
import { expectedCalls } from '../../src/phonenet/demo/expected.js';
import { createProgress } from '../../src/phonenet/demo/progress.js';
import { newSound, renderedSounds } from '../../src/phonenet/demo/reference-sounds.js';
import { instructions, makeOwnAction } from '../../src/phonenet/demo/stay.js';
import { parseLedger } from '../../src/phonenet/ledger.js';
import type { Persona } from '../../src/phonenet/town/citizens.js';

const person = (...phones: string[]) => ({ name: 'x', phones, postcodes: ['8251AB'] });
const FIRST = '+31610000001';
const SECOND = '+31610000002';

function calls(...personas: [Persona, Persona?]): string[] {
  const [first, second] = personas;
  const phones = second === undefined ? [FIRST] : [FIRST, SECOND];
  const of = (phone: string): Persona => (phone === FIRST ? first : (second ?? first));
  return expectedCalls(person(...phones), of).map(({ phone, outcome }) => `${phone.slice(-1)} ${outcome}`);
}

describe('demo', () => {
  it('expects the right calls to each participant', () => {
    expect(calls('presses')).to.deep.equal(['1 confirmed']);
    expect(calls('busy_then_presses')).to.deep.equal(['1 busy', '1 confirmed']);
    expect(calls('no_answer')).to.deep.equal(['1 no_answer', '1 no_answer']);
    expect(calls('voicemail', 'presses')).to.deep.equal(['1 no_digit', '2 confirmed']);
    expect(calls('declines', 'presses')).to.deep.equal(['1 declined']);
    expect(calls('busy', 'no_digit')).to.deep.equal(['1 busy', '2 no_digit', '1 busy']);
  });

  it('prints a check with its count, and the first failures', () => {
    const check = forEach('numbers are even', [2, 4, 5, 7], (n) => (n % 2 === 0 ? undefined : `${n}`), 'numbers');
    expect(formatChecks([check])).to.equal('  ✗ numbers are even: 2 of 4 numbers\n      5\n      7');
    expect(forEach('nothing was looked at', [], () => undefined).ok).to.equal(false);
  });

  it('counts simultaneous calls and calls per second from the ledger', () => {
    const ledger = parseLedger(
      [
        '100|invite|a|31610000001|x',
        '600|invite|b|31610000002|x',
        '1050|end|a|here',
        '1050|invite|c|31610000003|x',
        '1150|invite|d|31610000004|x',
      ].join('\n'),
    );
    expect(mostAtOnce(ledger)).to.equal(3);
    expect(mostInOneSecond(ledger)).to.equal(3);
    expect([percentile([3, 1, 2], 0.5), percentile([3, 1, 2], 0.99), percentile([], 0.5)]).to.deep.equal([
      2,
      3,
      undefined,
    ]);
  });

  it('finds the message among the new sounds of an action, one of which is its title', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'burgernet-test-'));
    const keep = async (digit: string, seconds: number): Promise<void> => {
      await mkdir(join(folder, 'sounds', digit), { recursive: true });
      await writeFile(join(folder, 'sounds', digit, `${digit.repeat(32)}.alaw`), new Uint8Array(seconds * 8_000));
    };
    try {
      await keep('a', 2);
      const before = await renderedSounds(folder);
      await keep('b', 1);
      await keep('c', 2);
      expect(await newSound(folder, before, 2)).to.have.length(16_000);
      const wrong = await newSound(folder, before, 3).catch((error: Error) => error.message);
      expect(wrong).to.equal('0 sounds of 3 s were made where one was expected');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('names the account and the action that it made for the person who tries it by hand', async () => {
    const posted: [string, unknown][] = [];
    const api = {
      get: () => Promise.resolve([{ extension: '101' }, { extension: '102' }]),
      post: (path: string, body: { extension?: string }) => {
        posted.push([path, body]);
        const sip = { username: `desk-${body.extension ?? ''}`, password: 'secret', server: '127.0.0.1:5060' };
        return Promise.resolve({ id: 7, number: 31, plan: { selected: 208 }, sip });
      },
    } as unknown as Api;
    const made = await makeOwnAction(api);
    expect(posted[0]).to.deep.equal(['/centralists', { name: 'Zelf proberen', extension: '103' }]);
    expect(posted[1]?.[1]).to.include({ centralistId: 7 });
    const around = {
      url: 'http://127.0.0.1:8080',
      token: 't',
      logFile: 'log',
      folder: 'folder',
      phones: ['0610000000'],
    };
    const text = instructions(made, around);
    expect(text).to.include('username  desk-103').and.include('action 31').and.include('208 people');
    expect(text.match(/actions\/\d+\/\w+/g)).to.deep.equal(['actions/7/start', 'actions/7/events', 'actions/7/close']);
    expect(text).to.include('0610000000');
  });

  it('shows its progress in place on a terminal, and at intervals in a log', () => {
    const counts = { waiting: 3, ringing: 1, dialing: 1, in_call: 2, confirmed: 4, busy: 0 } as ActionCounts;
    const written: string[] = [];
    const terminal = createProgress({ isTTY: true, write: (text) => void written.push(text) });
    terminal.show(counts, 5);
    terminal.show(counts, 6);
    expect(written.join('')).to.include('\r').and.not.include('\n');
    expect(written[1]).to.include('waiting 3  ringing 2  in call 2 │ confirmed 4').and.not.include('busy');
    let now = 0;
    const lines: string[] = [];
    const log = createProgress({ isTTY: false, write: (text) => void lines.push(text) }, () => now);
    for (const at of [0, 500, 1_000, 4_100]) {
      now = at;
      log.show({ ...counts, confirmed: at }, at / 1000);
    }
    expect(lines).to.have.length(2);
  });
});
