import type { Kind } from './kinds.js';
import type { Warning } from './warning.js';

/**
 * Dutch sentences with figures in them, for a centralist at the telephone. A fixed prompt cannot contain
 * figures.
 */

/** Each kind in Dutch, as it stands in a title and in the console. */
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  theft: 'Diefstal',
  robbery: 'Overval',
  burglary: 'Inbraak',
  hit_and_run: 'Doorrijden na een aanrijding',
  bag_snatching: 'Tasjesroof',
  violence: 'Geweld',
  missing_child: 'Vermist kind',
  missing_adult: 'Vermiste volwassene',
  missing_goods: 'Vermiste goederen',
};

/** Most parts of an area that a title names. */
const PARTS_IN_TITLE = 3;

/** Title of an action started by telephone: `Vermist kind, 8251`. `area`: entries of `area.postcodes`. */
export function titleByPhone(kind: Kind, area: readonly string[]): string {
  const more = area.length - PARTS_IN_TITLE;
  const parts = more > 0 ? [...area.slice(0, PARTS_IN_TITLE), `en nog ${more}`] : area;
  return `${KIND_WORDS[kind]}, ${parts.join(', ')}`;
}

export const actionWords = (number: number): string => `Actie ${number}.`;

/** `4312 deelnemers, ongeveer 6 minuten.` */
export function planWords(plan: {
  readonly selected: number;
  readonly estimateSeconds: { readonly all: number };
}): string {
  return `${counted(plan.selected, 'deelnemer', 'deelnemers')}, ${timeWords(plan.estimateSeconds.all)}.`;
}

/** The warning for a centralist who starts an action by telephone; undefined for a warning that can wait. */
export function spokenWarning(warning: Warning): string | undefined {
  switch (warning.code) {
    case 'simulation':
      return warning.mayStart
        ? 'Let op: dit is een simulatie. Er wordt niemand echt gebeld.'
        : 'De actie kan niet starten: er is geen telecomprovider ingesteld. Er zou niemand echt worden gebeld. Waarschuw de beheerder.';
    case 'asterisk_down':
      return 'Let op: de telefooncentrale werkt niet.';
    case 'trunk_down':
      return 'Let op: de telecomprovider antwoordt niet. Er wordt nu niemand bereikt.';
    case 'trunk_refused':
      return 'Let op: de telecomprovider laat ons niet toe. Er komen geen tips binnen.';
    case 'no_softphone':
      return 'Let op: uw toestel is niet aangemeld. Het gaat niet over voor tips.';
    case 'nobody_to_answer':
      return 'Niemand kan nu tips aannemen.';
    case 'other_network':
    case 'guessing':
    case 'low_reach':
    case 'nobody_on_duty':
    case 'night':
      return undefined;
  }
}

/** A duration in whole minutes, or in hours from 120 minutes on. */
export function timeWords(seconds: number): string {
  if (seconds < 60) return 'minder dan een minuut';
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `ongeveer ${counted(minutes, 'minuut', 'minuten')}`;
  // "uur" has no plural after a number.
  return `ongeveer ${Math.round(minutes / 60)} uur`;
}

/** The counts of an action in sentences: participants called and reached, and tips. */
export function countsWords(counts: {
  readonly selected: number;
  readonly called: number;
  readonly reached: number;
  readonly tips: number;
}): string {
  const { selected, called, reached, tips } = counts;
  return [
    `${counted(selected, 'deelnemer', 'deelnemers')} in het gebied.`,
    called === 0 ? 'Nog niemand gebeld.' : `${called} gebeld.`,
    reached === 0 ? 'Nog niemand bereikt.' : `${reached} bereikt.`,
    tips === 0 ? 'Nog geen tips.' : `${counted(tips, 'tip', 'tips')}.`,
  ].join(' ');
}

const counted = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
