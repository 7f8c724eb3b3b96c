import { expect } from 'chai';
import { maskNumbers } from '../../../src/adapters/log/mask-numbers.js';
import { createPinoLog } from '../../../src/adapters/log/pino-log.js';
import { namesNumber, textOf } from '../../support/log-scan.js';

const NUMBERS = [
  '+31612345678',
  '0031612345678',
  '31612345678',
  '0612345678',
  '612345678',
  '06-12345678',
  '06 12 34 56 78',
  '06.12.34.56.78',
  '(0321) 31 23 45',
  '0321-312345',
  '+31 (0)6 12345678',
  '+31 6 1234 5678',
  '+31-6-12345678',
  '00 31 6 12345678',
  '31 6 1234 5678',
  '6-12345678',
  '%2B31612345678',
  '%2b31%206%2012345678',
  '06%2012345678',
  '%30%36%31%32%33%34%35%36%37%38',
  '06\u200b12345678',
  '\u202d0612345678\u202c',
  '06\u00a012345678',
  '06\u201112345678',
  '٠٦١٢٣٤٥٦٧٨',
  '+4915112345678',
  '004915112345678',
  '4915112345678',
  '+32470123456',
  '+12025550123',
];
const AROUND: readonly (readonly [string, string])[] = [
  ['', ''],
  ['Limit for ', ' reached'],
  ['Q.850;cause=17;text="', '"'],
  ['<sip:', ';user=phone@10.0.0.1:5060>'],
  ['tel:', ';phone-context=+31'],
  ['/participants?phone=', '&x=1'],
  ['tel', 'x'],
  ['Jan Voorbeeld (', ')'],
  ['tip-', '.wav'],
];
const KEPT = [
  '2026-11-30T21:45:26.614Z',
  '2026-11-30 21:45:26.614',
  '30-11-2026',
  'f47ac10b-58cc-4372-8567-0e02b2c3d479',
  '01234567-0123-4567-8901-012345678901',
  '0123456789abcdef0123456789abcdef',
  'bn-4f1c9a2b-a17',
  '1795485868.12',
  '1795485868088',
  '192.168.100.200:45182',
  'http://127.0.0.1:8080',
  'ports 20000-29999',
  '486 Busy Here',
  '503',
  'Q.850;cause=17',
  '22.10.1+dfsg+~cs6.17.60671434-1',
  'espeak-ng embedded 0.3.5 nl-150-46-60-tel1',
  'desk-201-4f1c9a',
  '0800-0011',
  '112',
  'after 12.8 seconds',
  'at file:///app/dist/main.js:123:45',
  '8251AB',
];

describe('Log: masking of telephone numbers', () => {
  for (const number of NUMBERS) {
    it(`masks ${JSON.stringify(number)} in any context`, () => {
      for (const [before, after] of AROUND) {
        const masked = maskNumbers(`${before}${number}${after}`);
        const shown = masked.replace(/;phone-context=\+31|10\.0\.0\.1:5060|cause=17|Q\.850|x=1/g, '');
        expect(shown.replace(/[^\p{Nd}]/gu, ''), masked).to.have.length.below(5);
        expect(masked).to.include('••••');
      }
    });
  }

  for (const text of KEPT) {
    it(`does not mask: ${text}`, () => {
      expect(maskNumbers(text)).to.equal(text);
      expect(maskNumbers(`a ${text}, b`)).to.equal(`a ${text}, b`);
    });
  }

  it('masks in messages, fields, field names, errors, stacks and child logs, and leaves our own ids and times', () => {
    const lines: string[] = [];
    const log = createPinoLog({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
    const at = Date.now();
    for (const number of NUMBERS) {
      const error = Object.assign(new Error(`refused: Limit for ${number}`, { cause: new Error(number) }), {
        reason: number,
      });
      log.child({ agent: `Phone ${number}` }).error(`no answer of ${number}`, {
        error,
        [number]: 1,
        deep: { list: [{ header: `X: ${number}` }] },
        callId: 'bn-4f1c9a2b-a17',
        port: 45_182,
        at,
      });
      log.debug('text', { error: String(error) });
    }
    expect(lines).to.have.length(2 * NUMBERS.length);
    for (const line of lines) {
      expect(namesNumber(line), line).to.equal(false);
      for (const number of NUMBERS) expect(line).not.to.include(number);
    }
    expect(JSON.parse(lines[0] ?? '')).to.include({ callId: 'bn-4f1c9a2b-a17', port: 45_182, at });
  });

  it('agrees with the log scan of the tests on what is a telephone number', () => {
    for (const number of [
      '+31612345678',
      '0612345678',
      '0031612345678',
      '06-12345678',
      '+31 6 12345678',
      '0321-312345',
    ])
      expect(namesNumber(`{"level":"info","msg":"for ${number}"}`), number).to.equal(true);
    for (const text of KEPT) expect(namesNumber(text), text).to.equal(false);
  });

  it('agrees with the log scan in nested fields and errors, except for fields that are masked by name', () => {
    const number = '+31612345678';
    const error = new Error('refused', { cause: new Error(`Limit for ${number}`) });
    for (const fields of [{ reason: number }, { deep: { list: [{ header: number }] } }, { error }, { [number]: 1 }])
      expect(namesNumber(textOf(fields)), JSON.stringify(fields)).to.equal(true);
    for (const fields of [{ phone: number }, { deep: { from: number } }, { callId: 'bn-4f1c9a2b-a17', at: Date.now() }])
      expect(namesNumber(textOf(fields)), JSON.stringify(fields)).to.equal(false);
  });
});
