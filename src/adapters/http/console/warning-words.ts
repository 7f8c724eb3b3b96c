import type { FieldProblem } from '../../../domain/problem.js';
import type { Warning } from '../../../domain/warning.js';
import { asHttpError } from '../errors.js';
import { count } from './format.js';

/** Warnings and errors in Dutch for the control room. Logs and programs get them in English. */

/** A warning in Dutch. */
export interface WarningWords {
  readonly text: string;
  /** The English warning, for the administrator; null when the Dutch says everything. */
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

/** The words for a typed warning. */
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

/** The warning `low_reach` in a few words, without advice. */
export function lowReachWords({ called, reached }: Extract<Warning, { code: 'low_reach' }>): string {
  const people = called === 1 ? '1 persoon is gebeld' : `${count(called)} mensen zijn gebeld`;
  if (reached === 0) return `Niemand wordt bereikt: ${people}`;
  return `Bijna niemand wordt bereikt: ${count(reached)} van de ${count(called)} mensen die zijn gebeld`;
}

const NOBODY_RUNG = /^nobody was rung for (\d+) s while (\d+) people wait(?:: (.*))?$/;

/** The words for a warning that comes as an English sentence, recognized by its pattern. */
export function warningWords(warning: string): WarningWords {
  const [, seconds, people, why] = NOBODY_RUNG.exec(warning) ?? [];
  if (seconds !== undefined) {
    const text = `Al ${seconds} seconden gaat er geen telefoon over, terwijl er ${people === '1' ? '1 persoon wacht' : `${people} mensen wachten`}.`;
    if (why === undefined) return { text, detail: null };
    const reason = warningWords(why);
    return { text: `${text} ${reason.text}`, detail: reason.detail };
  }
  const [, status, limits = ''] = LIMITED.exec(warning) ?? [];
  if (status !== undefined) return limited(warning, status, limits);
  if (/^Asterisk cannot be (reached|started)/.test(warning)) {
    return { text: NO_EXCHANGE, detail: warning };
  }
  if (/\bour registration\b/.test(warning)) return { text: `${NO_REGISTRATION}.`, detail: warning };
  if (/\bcheck BURGERNET_TRUNK\b/.test(warning)) {
    return { text: NO_ANSWER, detail: warning };
  }
  return { text: 'Er is een storing. De actie loopt niet zoals het hoort.', detail: warning };
}

function limited(warning: string, status: string, limits: string): WarningWords {
  const parts = limits.split(', ').map((part) => {
    for (const [pattern, words] of PARTS) {
      const found = pattern.exec(part);
      if (found) return words(...found.slice(1));
    }
    return undefined;
  });
  const known = parts.filter((part) => part !== undefined);
  const text = `De telecomprovider beperkt ons (${status})`;
  if (known.length < parts.length) return { text: `${text}.`, detail: warning };
  return { text: `${text}: ${known.join(', ')}.`, detail: null };
}

const dutch = (figure = ''): string => figure.replace('.', ',');

/** A problem, in Dutch for the control room. */
export interface ProblemWords {
  readonly status: number;
  readonly text: string;
  readonly fields: readonly FieldProblem[];
}

const CODE_WORDS: Readonly<Record<string, string>> = {
  invalid: 'Controleer wat u hebt ingevuld.',
  forbidden: 'Deze opdracht kwam niet van een bladzijde van de meldkamer. Er is niets veranderd.',
  not_found: 'Dit is er niet, of niet meer.',
  conflict: 'Dat kan nu niet: er is intussen iets veranderd. Kijk hoe het er nu voor staat.',
  not_ready: 'De actie kan nog niet starten.',
  changed: 'De actie is niet gestart: er is iets veranderd sinds u keek. Kijk opnieuw, en start dan.',
  look_alike: 'De actie is niet gestart: er is al een actie die hierop lijkt.',
  no_trunk:
    'Er is geen verbinding met de telecomprovider ingesteld. Er zou niemand echt worden gebeld. Waarschuw de beheerder: die stelt BURGERNET_TRUNK in. Voor een oefening kan die BURGERNET_SIMULATION=1 zetten.',
  unavailable: 'Dat lukt nu niet door een storing. Probeer het over een paar seconden nog eens.',
  too_large: 'Dat is te lang.',
};

/**
 * The fault of a field in words, by the path of the field without indexes (`centralistIds` for
 * `centralistIds.3`).
 */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  name: 'Vul een naam in van 1 tot 80 tekens, met gewone letters en cijfers op één regel.',
  extension: 'Vul een toestelnummer in van 2 tot 6 cijfers.',
  reader: 'Vul de naam van de stem in, van 1 tot 60 tekens.',
  body: 'Hierin is geen stem te horen.',
  pin: 'Vul een pincode in van 4 tot 8 cijfers, of laat het vak leeg.',
  centralistId: 'Kies een centralist uit de lijst.',
  centralistIds: 'Kies centralisten uit de lijst.',
  result: 'Kies hoe de actie afliep.',
  note: 'Een notitie mag 2.000 tekens lang zijn.',
  text: 'Een slotbericht mag 1.500 tekens lang zijn.',
  token: 'Dit is niet het toegangstoken.',
  'message.text':
    'Deze tekst kan niet worden uitgesproken. Schrijf hele zinnen zonder bijzondere tekens, samen hooguit 1.500 tekens.',
  'criteria.timeCritical': 'Niet bevestigd is dat de zaak spoed heeft.',
  'criteria.clearDescription': 'Niet bevestigd is dat er een duidelijke beschrijving is.',
  'area.postcodes': 'In dit gebied is niemand die nu kan worden gebeld.',
  'expect.selected': 'Er worden nu meer of minder mensen gebeld dan u zag.',
  'expect.messageVersion': 'Het bericht is vernieuwd.',
  sure: 'Zet een vinkje om te bevestigen dat u iedereen wilt bellen.',
};

const TAKEN = 'Dit toestelnummer is al van een andere centralist. Kies een ander.';

/** Undefined for an error that is not the user's: a fault on our side. */
export function problemWords(error: unknown): ProblemWords | undefined {
  const known = asHttpError(error);
  if (!known) return undefined;
  const fields = known.fields.map(({ field }) => ({ field, message: fieldWords(known.code, field) }));
  // A conflict that names a field is corrected in that field.
  const code = known.code === 'conflict' && fields.length > 0 ? 'invalid' : known.code;
  return { status: known.status, text: CODE_WORDS[code] ?? 'Dat is niet gelukt.', fields };
}

function fieldWords(code: string, field: string): string {
  if (code === 'conflict' && field === 'extension') return TAKEN;
  return FIELD_WORDS[field.replace(/\.\d+/g, '')] ?? 'Controleer dit vak.';
}
