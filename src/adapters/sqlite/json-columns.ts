import type { Area } from '../../domain/area.js';
import type { CentralistId } from '../../domain/action.js';
import type { E164 } from '../../domain/phone-number.js';
import type { Plan } from '../../domain/plan.js';
import type { ActionEvent } from '../../ports/stores.js';
import type { BadValue } from './migrations.js';

/** No more reports than this are made, because by then it is clear that more than a few rows are wrong. */
const MOST_REPORTS = 1_000;

/**
 * Reads columns that hold JSON. One damaged value (a mistake with a database tool, a bad disk) must not make
 * a whole list unreadable, because an alert needs the list. The value is reported once, and the row is read
 * without it.
 */
export class JsonColumns {
  readonly #reported = new Set<string>();

  constructor(private readonly onBad: (bad: BadValue) => void) {}

  /** The parsed value; undefined when the text is not JSON, or fails `isOne`. */
  read<T>(text: string, isOne: (value: unknown) => value is T, bad: BadValue): T | undefined {
    try {
      const value: unknown = JSON.parse(text);
      if (isOne(value)) return value;
    } catch {
      // Reported below, together with a value of the wrong kind.
    }
    this.report(bad);
    return undefined;
  }

  report(bad: BadValue): void {
    const name = `${bad.table} ${bad.column} ${bad.id}`;
    if (this.#reported.has(name) || this.#reported.size >= MOST_REPORTS) return;
    this.#reported.add(name);
    this.onBad(bad);
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): boolean => typeof value === 'number';

const isPart = (value: unknown): boolean =>
  isObject(value) &&
  (value['type'] === 'range'
    ? isNumber(value['from']) && isNumber(value['to'])
    : value['type'] === 'pc6' && isNumber(value['pc4']) && typeof value['letters'] === 'string');

export function isArea(value: unknown): value is Area {
  if (!isObject(value) || !Array.isArray(value['parts']) || !value['parts'].every(isPart)) return false;
  const { near } = value;
  return near === undefined || (isObject(near) && isNumber(near['lat']) && isNumber(near['lon']));
}

export const isTeam = (value: unknown): value is readonly CentralistId[] =>
  Array.isArray(value) && value.every(isNumber);

export const isPhones = (value: unknown): value is readonly E164[] =>
  Array.isArray(value) && value.every((phone) => typeof phone === 'string' && phone.startsWith('+'));

export function isPlan(value: unknown): value is Plan {
  if (!isObject(value) || !isObject(value['excluded']) || !isObject(value['estimateSeconds'])) return false;
  const { estimateSeconds: seconds, warnings } = value;
  return (
    [value['selected'], value['callableNow'], value['lines']].every(isNumber) &&
    [seconds['half'], seconds['ninety'], seconds['all']].every(isNumber) &&
    (warnings === undefined || (Array.isArray(warnings) && warnings.every(isObject)))
  );
}

export const isEventData = (value: unknown): value is ActionEvent['data'] => isObject(value);
