import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** The numbering plan's facts about a number. */
export interface NumberInfo {
  readonly e164: string;
  /** The length of the number exists. */
  readonly possible: boolean;
  /** The number lies in an assigned range. */
  readonly valid: boolean;
  /** libphonenumber's word: `MOBILE`, `FIXED_LINE`, `TOLL_FREE`, …; undefined when unknown. */
  readonly type: string | undefined;
  readonly national: string;
}

/**
 * Looks up an international number (`+31…`) in the numbering plan; undefined when the text is not a number.
 */
export function lookUpNumber(international: string): NumberInfo | undefined {
  const number = parsePhoneNumberFromString(international);
  if (!number) return undefined;
  return {
    e164: number.number,
    possible: number.isPossible(),
    valid: number.isValid(),
    type: number.getType(),
    national: number.formatNational(),
  };
}
