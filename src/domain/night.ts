import { parsed, refused, type Parsed } from './problem.js';

/**
 * Minutes since midnight, local time of the Netherlands. `from` may be later than `to`: the night passes
 * midnight.
 */
export interface Night {
  readonly from: number;
  readonly to: number;
}

/** Reads `23:00-07:00`, or `off` for no night (null). */
export function parseNight(text: string): Parsed<Night | null> {
  if (text.trim().toLowerCase() === 'off') return parsed(null);
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  if (!match) return refused(`'${text}' is not a night; write it as 23:00-07:00, or off`);
  return parsed({
    from: Number(match[1]) * 60 + Number(match[2]),
    to: Number(match[3]) * 60 + Number(match[4]),
  });
}

/** Created on first use, because creating it takes a moment that would slow the start of the controller. */
let clock: Intl.DateTimeFormat | undefined;

function timeInTheNetherlands(now: number): string {
  clock ??= new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Amsterdam',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return clock.format(now);
}

/** Whether it is night in the Netherlands at `now` (ms UTC). */
export function isNight(now: number, night: Night | null): boolean {
  if (night === null || night.from === night.to) return false;
  const [hours, minutes] = timeInTheNetherlands(now).split(':').map(Number);
  const minute = (hours ?? 0) * 60 + (minutes ?? 0);
  return night.from < night.to ? minute >= night.from && minute < night.to : minute >= night.from || minute < night.to;
}
