/** No letter or digit before: what follows stands by itself. */
export const START = String.raw`(?<![\p{L}\d])`;
/** No letter or digit after. */
export const END = String.raw`(?![\p{L}\d])`;
/** A written number: digits with points or commas inside. */
export const NUMBER = String.raw`\d+(?:[.,]\d+)*`;

/** A pattern over whole letters (Unicode) that finds all. */
export const pattern = (source: string, flags = ''): RegExp => new RegExp(source, `gu${flags}`);
