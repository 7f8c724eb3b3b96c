import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** What the numbering plan knows of a number. */
export interface NumberInfo {
  readonly e164: string;
  /** Its length can exist. */
  readonly possible: boolean;
  /** It lies in a range that is given out. */
  readonly valid: boolean;
  /** libphonenumber's word: `MOBILE`, `FIXED_LINE`, `TOLL_FREE`, …; undefined when unknown. */
  readonly type: string | undefined;
  readonly national: string;
}

/** Looks an international number (`+31…`) up in the numbering plan; undefined when it is no number at all. */
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
