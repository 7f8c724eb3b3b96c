import { pattern } from './edges.js';

/** Replaces pictures, arrows and the sign of inches, which a voice would name or leave out. */
export function sayPictures(text: string): string {
  return text
    .replace(BETWEEN_ROADS, ' naar ')
    .replace(ARROW, ', ')
    .replace(PICTURES, ', ')
    .replace(ITEM, ', ')
    .replace(MEASURE_AND_MEASURE, ', ')
    .replace(INCHES, (found, number: string, at: number) => (isOpen(text, at) ? found : `${number} inch`));
}

/** "A6 → A27", "A6>N50": from one road to the other. */
const BETWEEN_ROADS = pattern(String.raw`(?<=(?<![\p{L}\d])[AENS]\d{1,3})\s*(?:[-=]*>|[→➔➡⇒]\uFE0F?)\s*(?=[AENS]\d)`);
const ARROW = /\s*(?:[-=]+>|<[-=]+|[\u2190-\u21FF\u2794-\u27BF\u2B05-\u2B07]\uFE0F?)\s*/gu;
/** Emoji with what colours or joins them, flags, and the frame around a digit. */
const PICTURES =
  /\s*(?:(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier})[\uFE0E\uFE0F\u20E3]*\s*)+|[\uFE0E\uFE0F\u20E3]+/gu;
/** "1) man 2) vrouw": a pause before each item. */
const ITEM = /(?<=\S)\s+(?=(?:\d{1,2}|[a-z])\)\s)/gu;
/** "1,68 m/60 kg" */
const MEASURE_AND_MEASURE = /(?<=\d\s?(?:m|cm|jr|jaar|kg))\/(?=\d)/gu;
/** `28"`. A quotation mark that is still open is closed by this sign instead. */
const INCHES = /(?<![\p{L}\d.,])(\d{1,2})"/gu;

const isOpen = (text: string, at: number): boolean => (text.slice(0, at).match(/"/gu)?.length ?? 0) % 2 === 1;
