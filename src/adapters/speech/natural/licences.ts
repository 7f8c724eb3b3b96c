/**
 * What is known about the licences of Dutch Piper voices, as read in their model cards and in the lists of
 * the Piper project (docs/speech.md). The settings of a voice do not name its licence, so the table goes by
 * the voice's name.
 */
export interface Licence {
  /** Name of the licence, or what is known about it. */
  readonly text: string;
  /** `free` may be used by anybody; the others are installed only when the operator accepts the licence. */
  readonly use: 'free' | 'restricted' | 'unknown';
}

const free = (text: string): Licence => ({ text, use: 'free' });
const restricted = (text: string): Licence => ({ text, use: 'restricted' });

const FINE_TUNED_FROM_LESSAC =
  'data CC0, but trained further from a voice (lessac) whose licence allows research only, no commercial purpose';

const KNOWN: readonly (readonly [name: RegExp, licence: Licence])[] = [
  [/^nl_NL-alex-/, free('CC0, trained further from a CC0 voice (rdh)')],
  [/^nl_BE-rdh-/, free('CC0')],
  [/^nl_BE-nathalie-x_low/, free('CC0')],
  [/^nl_BE-nathalie-/, restricted(FINE_TUNED_FROM_LESSAC)],
  [/^nl_NL-(?:pim|ronnie)-/, restricted(FINE_TUNED_FROM_LESSAC)],
  [/^nl_NL-mls-/, free('CC BY 4.0: name the source (Multilingual LibriSpeech)')],
  [/^nl_NL-mls_\d+-/, restricted('trained further from a voice (ryan) whose licence allows no commercial use')],
  [/^nl_NL-(?:miro|dii)-/, restricted('CC BY-NC-SA 4.0: no commercial use')],
];

/** Words in a licence, or in the lineage of a voice, that limit the use. */
const LIMITS = /\bNC\b|non[- ]?commercial|research|academic|RAIL|personal use|\blessac\b|\bryan/i;
const LIBERAL = /\bCC0\b|public domain|\bCC[- ]BY\b|\bMIT\b|Apache|\bBSD\b/i;

/** The licence of a voice, by the text that came with it and by its name. The stricter of the two counts. */
export function licenceOf(name: string, stated: string): Licence {
  const known = KNOWN.find(([pattern]) => pattern.test(name))?.[1];
  const given = stated === '' ? undefined : byText(stated);
  if (known?.use === 'restricted') return known;
  if (given?.use === 'restricted') return given;
  return known ?? given ?? { text: 'not stated', use: 'unknown' };
}

function byText(text: string): Licence {
  if (LIMITS.test(text)) return restricted(text);
  return LIBERAL.test(text) ? free(text) : { text, use: 'unknown' };
}

/**
 * The licence in a model card of Piper (the file MODEL_CARD), and the voice that training began from, because
 * its licence counts too. Empty when the card names neither.
 */
export function licenceInCard(card: string): string {
  const licence = /^[\s*#-]*licen[sc]e\s*:\s*(.+)$/im.exec(card)?.[1] ?? '';
  const lineage = /^[\s*#-]*(fine-?tuned from .+)$/im.exec(card)?.[1] ?? '';
  return [licence, lineage]
    .map((part) => part.trim().slice(0, 200))
    .filter((part) => part !== '')
    .join('; ');
}
