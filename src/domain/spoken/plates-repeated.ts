/**
 * Marks around a spelt plate. A text cannot have these characters, because `cleaned` removes characters for
 * private use.
 */
const [OPEN, CLOSE] = ['\uE000', '\uE001'];
const MARKED = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`, 'gu');

/** A spelt plate that {@link repeatPlates} finds again. */
export const marked = (plate: string): string => `${OPEN}${plate}${CLOSE}`;

/** The text without marks. */
export const unmarked = (text: string): string => text.replace(/[\uE000\uE001]/gu, '');

/**
 * Says the plates of each sentence once more, because a listener needs time to find a pen: "kenteken R, vijf,
 * vier, ik herhaal, R, vijf, vier, richting de A zes". The repetition follows the last plate of the sentence.
 * A plate that the text says twice, or before the word "herhaal" or "nogmaals", is not repeated.
 */
export function repeatPlates(text: string): string {
  const times = new Map<string, number>();
  for (const [, plate = ''] of text.matchAll(MARKED)) times.set(keyOf(plate), (times.get(keyOf(plate)) ?? 0) + 1);
  const sentences = text.split(/(?<=[.!?]) /u).map((sentence, index, all) => {
    const plates = [...sentence.matchAll(MARKED)].filter(([, plate = '']) => times.get(keyOf(plate)) === 1);
    const last = plates.at(-1);
    if (last === undefined || REPEATS.test(`${sentence} ${all[index + 1] ?? ''}`)) return sentence;
    const after = last.index + last[0].length;
    const again = plates.map(([, plate]) => plate).join(', en ');
    const rest = sentence.slice(after);
    return `${sentence.slice(0, after)}, ik herhaal, ${again}${/^(?:[,.!?]|$)/u.test(rest) ? '' : ','}${rest}`;
  });
  return unmarked(sentences.join(' '));
}

const keyOf = (plate: string): string => plate.toLowerCase();
const REPEATS = /(?<!\p{L})(?:herhaal|herhaling|nogmaals)(?!\p{L})/iu;
