import { expect } from 'chai';
import { PostponedKeys } from '../../../../src/adapters/asterisk/calls/postponed-keys.js';

/**
 * Each row has the events that Asterisk 22.10.1 sends by its own rules when the machine is so busy that
 * Asterisk reads late, and the keys that were pressed.
 */
const LATE: readonly (readonly [string, string, string])[] = [
  ['two keys at once, the second handled 450 ms later', '2@0 *@1 *@450 0@700', '2*0'],
  ['a key that came while Asterisk emulated the key before it', '1@0 2@180 *@240 *@325 0@540', '12*0'],
  ['two keys that came during that emulation', '2@0 *@60 0@110 *@146 0@292', '2*0'],
  ['a key that came while another was postponed for long', '2@0 *@1 0@120 *@125 0@275 0@900', '2*00'],
  ['a key at once with one that came during an emulation', '2@0 *@60 0@75 *@150 0@300', '2*0'],
  ['three equal keys that were typed quickly', '5@0 5@60 5@210', '555'],
];

/**
 * Each row has the events that Asterisk 22.10.1 was seen to send (`digit@ms`, each 100 ms long), and the keys
 * that were pressed.
 */
const SEEN: readonly (readonly [string, string, string])[] = [
  ['one key', '5@0', '5'],
  ['two keys in time', '5@0 5@160', '55'],
  ['two keys of 40 ms, 40 ms apart', '5@0 5@80', '55'],
  ['two keys, the second 44 ms after the first', '5@0 5@44 5@45', '55'],
  ['two keys at once, with one event missing', '5@0 5@68', '55'],
  ['two keys at once', '5@0 5@1 5@65', '55'],
  ['two different keys at once', '5@0 6@1 6@65', '56'],
  ['three keys at once', '5@0 5@8 5@70 5@229', '555'],
  ['three keys at once, each reported twice', '5@0 5@2 5@70 5@71 5@221', '555'],
  ['three keys at once, reported late', '5@0 5@65 5@66 5@216', '555'],
  ['four keys at once', '5@0 6@1 6@69 5@72 5@217 6@219 6@363', '5656'],
  ['three keys, the third while Asterisk emulates the second', '5@0 5@140 5@280 5@290', '555'],
  ['keys far apart', '5@0 5@1 5@65 5@2000 5@2160', '5555'],
  ['a key that was never handled, and others long after it', '5@0 5@1 5@900 5@1060', '5555'],
];

describe('postponed keys', () => {
  for (const [what, events, keys] of [...SEEN, ...LATE])
    it(`are counted once: ${what}`, () => {
      const postponed = new PostponedKeys();
      const counted = events
        .split(' ')
        .map((text) => text.split('@'))
        .filter(([digit = '', at]) => !postponed.isSecondEvent({ digit, at: Number(at), ms: 100 }))
        .map(([digit]) => digit);
      expect(counted.join('')).to.equal(keys);
    });
});
