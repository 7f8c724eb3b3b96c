import { parseAreaPart, parsePostcode, type Area } from '../domain/area.js';
import { LANGUAGES } from '../domain/kinds.js';
import type { NewParticipant, Participant, ParticipantId } from '../domain/participant.js';
import { parsePhoneNumber } from '../domain/phone-number.js';
import { parsed, Problem, refused, type FieldProblem, type Parsed } from '../domain/problem.js';
import type { Clock } from '../ports/clock.js';
import type { ImportRow, ParticipantStore } from '../ports/stores.js';
import { importRows } from './import-rows.js';
import { parseName, parsePhones, parsePostcodes } from './participants-fields.js';
import { SeenRows } from './participants-seen.js';
import type { ParticipantInput, Participants, RawImportRow } from './services.js';

/** Who signs up: checks what is given, counts, takes files in. */
export function createParticipants(parts: {
  store: ParticipantStore;
  clock: Clock;
  /** Personal codes. */
  codeOf: (id: ParticipantId) => string;
}): Participants {
  const { store, clock, codeOf } = parts;
  const get = (id: ParticipantId): Participant => {
    const found = store.get(id);
    if (!found) throw new Problem('not_found', `there is no participant ${id}`);
    return found;
  };
  return {
    get,
    code: (id) => codeOf(get(id).id),
    add: (input) => store.add(checkInput(input), clock.now()),
    importRows(rows, { dryRun }) {
      const seen = new SeenRows();
      return importRows(
        rows,
        (row) => checkRow(row, seen),
        (chunk) => store.importRows(chunk, { now: clock.now(), dryRun }),
      );
    },
    count: (area) => store.count(area === undefined ? undefined : checkArea(area)),
  };
}

function checkInput(input: ParticipantInput): NewParticipant {
  const problems: FieldProblem[] = [];
  const checked = <T>(field: string, result: Parsed<T>): T[] => {
    if (result.ok) return [result.value];
    problems.push({ field, message: result.reason });
    return [];
  };
  const phones = input.phones.flatMap((text, index) => checked(`phones.${index}`, parsePhoneNumber(text)));
  const postcodes = input.postcodes.flatMap((text, index) => checked(`postcodes.${index}`, parsePostcode(text)));
  if (input.phones.length === 0) problems.push({ field: 'phones', message: 'needs at least one number' });
  if (input.postcodes.length === 0) problems.push({ field: 'postcodes', message: 'needs at least one postcode' });
  const [name = null] = checked('name', parseName(input.name ?? ''));
  const language = LANGUAGES.find((known) => known === (input.language ?? 'nl'));
  if (language === undefined) problems.push({ field: 'language', message: `must be one of ${LANGUAGES.join(', ')}` });
  if (language === undefined || problems.length > 0) {
    throw new Problem('invalid', 'this participant cannot be signed up', problems);
  }
  return { name, language, phones: [...new Set(phones)], postcodes };
}

function checkArea(entries: readonly string[]): Area {
  const results = entries.map(parseAreaPart);
  const problems = results.flatMap((result) => (result.ok ? [] : [{ field: 'area', message: result.reason }]));
  if (entries.length === 0) problems.push({ field: 'area', message: 'needs at least one postcode' });
  if (problems.length > 0) throw new Problem('invalid', 'this is not an area', problems);
  return { parts: results.flatMap((result) => (result.ok ? [result.value] : [])) };
}

function checkRow(raw: RawImportRow, seen: SeenRows): Parsed<ImportRow> {
  const phones = parsePhones(raw.phone);
  if (!phones.ok) return refused(`phone: ${phones.reason}`);
  const postcodes = parsePostcodes(raw.postcode);
  if (!postcodes.ok) return refused(`postcode: ${postcodes.reason}`);
  const name = parseName(raw.name);
  if (!name.ok) return refused(`name: ${name.reason}`);
  for (const phone of phones.value) {
    const earlier = seen.firstLine(phone, name.value ?? '', raw.line);
    if (earlier !== raw.line) return refused(`same as line ${earlier}: the same phone and name`);
  }
  return parsed({ line: raw.line, name: name.value, language: 'nl', phones: phones.value, postcodes: postcodes.value });
}
