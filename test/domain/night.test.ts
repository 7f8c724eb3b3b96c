import { expect } from 'chai';
import { isNight, parseNight, type Night } from '../../src/domain/night.js';

function night(text: string): Night | null {
  const result = parseNight(text);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

describe('the setting of the night', () => {
  it('is read in minutes since midnight', () => {
    expect(night('23:00-07:00')).to.deep.equal({ from: 1380, to: 420 });
    expect(night(' 00:00-06:30 ')).to.deep.equal({ from: 0, to: 390 });
  });
  for (const text of ['off', 'OFF', ' off ']) {
    it(`'${text}' is not a night at all`, () => {
      expect(night(text)).to.equal(null);
    });
  }
  for (const text of ['', '23:00', '23-07', '24:00-07:00', '23:60-07:00', '7:00-23:00', '23:00-07:00,', 'nacht']) {
    it(`'${text}' is refused, and the reason shows how to write it`, () => {
      expect(parseNight(text))
        .to.have.property('reason')
        .that.matches(/23:00-07:00/);
    });
  }
});

describe('the night in the Netherlands', () => {
  /** UTC instants; the Netherlands is one hour ahead in winter, two in summer. */
  const INSTANTS: readonly [setting: string, utc: string, isIt: boolean, why: string][] = [
    ['23:00-07:00', '2026-01-15T21:59:59.999Z', false, 'winter, 22:59 local time'],
    ['23:00-07:00', '2026-01-15T22:00:00.000Z', true, 'winter, 23:00 local time, the night begins'],
    ['23:00-07:00', '2026-01-15T23:00:00.000Z', true, 'midnight'],
    ['23:00-07:00', '2026-01-16T05:59:59.999Z', true, 'winter, 06:59 local time'],
    ['23:00-07:00', '2026-01-16T06:00:00.000Z', false, 'winter, 07:00 local time, the night is over'],
    ['23:00-07:00', '2026-01-16T12:00:00.000Z', false, 'noon'],
    ['23:00-07:00', '2026-07-15T20:59:59.999Z', false, 'summer, 22:59 local time'],
    ['23:00-07:00', '2026-07-15T21:00:00.000Z', true, 'summer, 23:00 local time, the night begins'],
    ['23:00-07:00', '2026-07-16T04:59:59.999Z', true, 'summer, 06:59 local time'],
    ['23:00-07:00', '2026-07-16T05:00:00.000Z', false, 'summer, 07:00 local time, the night is over'],
    ['02:00-03:00', '2026-03-29T00:59:59.999Z', false, '01:59 local time, before the hour that summer time skips'],
    ['02:00-03:00', '2026-03-29T01:00:00.000Z', false, '03:00 local time, after the hour that summer time skips'],
    ['02:00-03:00', '2026-10-25T00:30:00.000Z', true, '02:30 local time, the first time in the repeated hour'],
    ['02:00-03:00', '2026-10-25T01:30:00.000Z', true, '02:30 local time, the second time in the repeated hour'],
    ['02:00-03:00', '2026-10-25T02:00:00.000Z', false, '03:00 local time, after the repeated hour'],
    ['01:00-06:00', '2026-01-15T23:30:00.000Z', false, '00:30 local time, a night that begins after midnight'],
    ['01:00-06:00', '2026-01-16T00:00:00.000Z', true, '01:00 local time, a night that begins after midnight'],
    ['01:00-06:00', '2026-01-16T05:00:00.000Z', false, '06:00 local time, a night that begins after midnight'],
    ['23:00-23:00', '2026-01-15T22:00:00.000Z', false, 'a night of no length is not a night'],
    ['off', '2026-01-16T02:00:00.000Z', false, 'no night is set'],
  ];
  for (const [setting, utc, isIt, why] of INSTANTS) {
    it(`of ${setting} ${isIt ? 'includes' : 'does not include'} ${utc}: ${why}`, () => {
      expect(isNight(Date.parse(utc), night(setting))).to.equal(isIt);
    });
  }
});
