import { formatForPeople, type E164 } from '../../../domain/phone-number.js';

/** Times, numbers and telephone numbers as people in the Netherlands write them. */

const ZONE = 'Europe/Amsterdam';
const time = new Intl.DateTimeFormat('nl-NL', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' });
const exact = new Intl.DateTimeFormat('nl-NL', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const day = new Intl.DateTimeFormat('nl-NL', { timeZone: ZONE, day: 'numeric', month: 'short' });
const whole = new Intl.NumberFormat('nl-NL', { maximumFractionDigits: 0 });

/** `14:03`, or `3 mrt 14:03` when `now` is another day; both ms UTC. */
export function when(at: number, now: number): string {
  const sameDay = day.format(at) === day.format(now);
  return sameDay ? time.format(at) : `${day.format(at)} ${time.format(at)}`;
}

/** `14:03:20`. */
export const whenExactly = (at: number): string => exact.format(at);

/** `4.312`. */
export const count = (number: number): string => whole.format(number);

/** `35 s`, `2 min 05 s`. */
export function duration(seconds: number): string {
  const rounded = Math.max(0, Math.round(seconds));
  if (rounded < 60) return `${rounded} s`;
  return `${Math.floor(rounded / 60)} min ${String(rounded % 60).padStart(2, '0')} s`;
}

/** `06-12345678`. */
export const phone = (number: string): string => formatForPeople(number as E164);

/** `8251 AB`. */
export const postcode = (text: string): string => text.replace(/^(\d{4})(?=[A-Z])/, '$1 ');

/** `1 keer`, `2 keer`. */
export const times = (number: number): string => `${count(number)} keer`;
