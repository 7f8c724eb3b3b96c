import { count } from './format.js';
import type { Warning } from '../../../domain/warning.js';

/** A warning of the inside, which is in English for logs and programs, in the words of the control room. */
export interface WarningWords {
  readonly text: string;
  /** The warning as it came, for who has to mend it; null when the Dutch says it all. */
  readonly detail: string | null;
}

const SIMULATED = 'SIMULATIE: er wordt niemand echt gebeld.';
const NO_EXCHANGE = 'De telefooncentrale is niet bereikbaar. Er wordt nu niemand gebeld.';
const NO_ANSWER = 'De telecomprovider antwoordt niet. Er wordt nu niemand bereikt. Waarschuw de beheerder.';
const NO_REGISTRATION = 'De telecomprovider laat ons niet toe';

const LIMITED = /^the operator limits us \((.+)\): (.*)$/;
const PARTS: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [/^no new call for (\d+) s$/, (seconds) => `${seconds} seconden geen nieuwe oproepen`],
  [
    /^([\d.]+) calls a second instead of ([\d.]+)$/,
    (now, own) => `${dutch(now)} in plaats van ${dutch(own)} nieuwe oproepen per seconde`,
  ],
  [/^(\d+) lines instead of (\d+)$/, (now, own) => `${now} in plaats van ${own} lijnen`],
];

export interface AlarmWords extends WarningWords {
  readonly key: string;
}

/** A warning with its code, which needs no reading. */
export function alarmWords(warning: Warning): AlarmWords {
  return {
    key: warning.code === 'guessing' ? `guessing-${warning.door}` : warning.code,
    text: alarmText(warning),
    detail: 'reason' in warning ? warning.reason : null,
  };
}

function alarmText(warning: Warning): string {
  switch (warning.code) {
    case 'simulation':
      return warning.mayStart
        ? SIMULATED
        : `${SIMULATED} Een actie kan nu niet starten: er is geen telecomprovider ingesteld. Waarschuw de beheerder.`;
    case 'other_network':
      return warning.simulated
        ? 'Deze actie was een simulatie. Er wordt niemand echt gebeld. Maak een nieuwe actie.'
        : 'Er is geen telecomprovider ingesteld. Deze actie belt nu niemand. Waarschuw de beheerder.';
    case 'asterisk_down':
      return NO_EXCHANGE;
    case 'trunk_down':
      return NO_ANSWER;
    case 'guessing':
      return `Iemand probeert wachtwoorden te raden (${warning.source}, ${warning.tries} keer). Waarschuw de beheerder.`;
    case 'trunk_refused': {
      const status = warning.sipStatus === null ? '' : ` (SIP ${warning.sipStatus})`;
      return `${NO_REGISTRATION}${status}. Er komen geen tips binnen, en bellen lukt misschien niet. Waarschuw de beheerder.`;
    }
    case 'nobody_on_duty':
      return 'Er is niemand in dienst. Wie de actie heeft, komt in dienst bij de start.';
    case 'no_softphone':
      return `Het toestel van ${warning.name} (${warning.extension}) is niet aangemeld. Het gaat niet over voor tips.`;
    case 'nobody_to_answer':
      return 'Niemand kan nu tips aannemen: geen enkel toestel is aangemeld. Bellers spreken hun tip dan in.';
    case 'night':
      return `Het is nacht: ${count(warning.leftOut)} mensen worden niet gebeld.`;
    case 'low_reach':
      return `${lowReachWords(warning)}. Misschien werkt het bellen niet goed. Waarschuw de beheerder.`;
  }
}

/** The same in a few words, without what to do. */
export function lowReachWords({ called, reached }: Extract<Warning, { code: 'low_reach' }>): string {
  const people = called === 1 ? '1 persoon is gebeld' : `${count(called)} mensen zijn gebeld`;
  if (reached === 0) return `Niemand wordt bereikt: ${people}`;
  return `Bijna niemand wordt bereikt: ${count(reached)} van de ${count(called)} mensen die zijn gebeld`;
}

const NOBODY_RUNG = /^nobody was rung for (\d+) s while (\d+) people wait(?:: (.*))?$/;

export function warningWords(warning: string): WarningWords {
  const [, seconds, people, why] = NOBODY_RUNG.exec(warning) ?? [];
  if (seconds !== undefined) {
    const text = `Al ${seconds} seconden gaat er geen telefoon over, terwijl er ${people === '1' ? '1 persoon wacht' : `${people} mensen wachten`}.`;
    if (why === undefined) return { text, detail: null };
    const reason = warningWords(why);
    return { text: `${text} ${reason.text}`, detail: reason.detail };
  }
  const [, said, limits = ''] = LIMITED.exec(warning) ?? [];
  if (said !== undefined) return limited(warning, said, limits);
  if (/^Asterisk cannot be (reached|started)/.test(warning)) {
    return { text: NO_EXCHANGE, detail: warning };
  }
  if (/\bour registration\b/.test(warning)) return { text: `${NO_REGISTRATION}.`, detail: warning };
  if (/\bcheck BURGERNET_TRUNK\b/.test(warning)) {
    return { text: NO_ANSWER, detail: warning };
  }
  return { text: 'Er is een storing. De actie loopt niet zoals het hoort.', detail: warning };
}

function limited(warning: string, said: string, limits: string): WarningWords {
  const parts = limits.split(', ').map((part) => {
    for (const [pattern, words] of PARTS) {
      const found = pattern.exec(part);
      if (found) return words(...found.slice(1));
    }
    return undefined;
  });
  const known = parts.filter((part) => part !== undefined);
  const text = `De telecomprovider beperkt ons (${said})`;
  if (known.length < parts.length) return { text: `${text}.`, detail: warning };
  return { text: `${text}: ${known.join(', ')}.`, detail: null };
}

const dutch = (figure = ''): string => figure.replace('.', ',');
