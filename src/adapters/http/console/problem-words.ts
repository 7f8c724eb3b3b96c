import type { FieldProblem } from '../../../domain/problem.js';
import { asHttpError } from '../errors.js';

/** What went wrong, said to somebody in the control room. */
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

/** Fields of the inside, by what may be wrong with them. The path's numbers are left out. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  name: 'Vul een naam in van 1 tot 80 tekens, met gewone letters en cijfers op één regel.',
  extension: 'Vul een toestelnummer in van 2 tot 6 cijfers.',
  pin: 'Vul een pincode in van 4 tot 8 cijfers, of laat het vak leeg.',
  centralistId: 'Kies een centralist uit de lijst.',
  centralistIds: 'Kies centralisten uit de lijst.',
  result: 'Kies hoe de actie afliep.',
  note: 'Een notitie mag 2.000 tekens lang zijn.',
  'message.text': 'Deze tekst kan niet worden uitgesproken. Schrijf hele zinnen zonder bijzondere tekens.',
  'criteria.timeCritical': 'Niet bevestigd is dat de zaak spoed heeft.',
  'criteria.clearDescription': 'Niet bevestigd is dat er een duidelijke beschrijving is.',
  'area.postcodes': 'In dit gebied is niemand die nu kan worden gebeld.',
  'expect.selected': 'Er worden nu meer of minder mensen gebeld dan u zag.',
  'expect.messageVersion': 'Het bericht is vernieuwd.',
  sure: 'Zet een vinkje om te bevestigen dat u iedereen wilt bellen.',
};

const TAKEN = 'Dit toestelnummer is al van een andere centralist. Kies een ander.';

/** Undefined for what is our own fault. */
export function problemWords(error: unknown): ProblemWords | undefined {
  const known = asHttpError(error);
  if (!known) return undefined;
  const fields = known.fields.map(({ field }) => ({ field, message: fieldWords(known.code, field) }));
  // Where a field can be named, that is what there is to mend.
  const code = known.code === 'conflict' && fields.length > 0 ? 'invalid' : known.code;
  return { status: known.status, text: CODE_WORDS[code] ?? 'Dat is niet gelukt.', fields };
}

function fieldWords(code: string, field: string): string {
  if (code === 'conflict' && field === 'extension') return TAKEN;
  return FIELD_WORDS[field.replace(/\.\d+/g, '')] ?? 'Controleer dit vak.';
}
