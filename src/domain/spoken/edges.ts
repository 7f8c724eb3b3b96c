/** No letter or digit before. */
export const START = String.raw`(?<![\p{L}\d])`;
/** No letter or digit after. */
export const END = String.raw`(?![\p{L}\d])`;
/** A written number: digits with points or commas inside. */
export const NUMBER = String.raw`\d+(?:[.,]\d+)*`;

/** A Unicode pattern that finds all matches. */
export const pattern = (source: string, flags = ''): RegExp => new RegExp(source, `gu${flags}`);
