import { parseAreaPart, parsePostcode, type Area } from '../../domain/area.js';
import { LANGUAGES } from '../../domain/kinds.js';
import type { NewParticipant, Participant, ParticipantId } from '../../domain/participant.js';
import { parsePhoneNumber } from '../../domain/phone-number.js';
import { parsed, Problem, refused, type FieldProblem, type Parsed } from '../../domain/problem.js';
import { plainCharacters } from '../../lib/plain-signs.js';
import type { Clock } from '../../ports/clock.js';
import type { ImportRow, ParticipantStore } from '../../ports/stores.js';
import { importRows } from './import-rows.js';
import { parseName, parsePhones, parsePostcodes } from './import-fields.js';
import { DuplicateRows } from './duplicate-rows.js';
import type { ParticipantInput, Participants, RawImportRow } from '../services.js';

/** Signs participants up, imports files of participants, and counts participants. */
export function createParticipants(parts: {
  store: ParticipantStore;
  clock: Clock;
  /** The personal code of a participant. */
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
      const seen = new DuplicateRows();
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

/** Separates the fields of columns with the same name. */
const FIELD_BREAK = '\x1f';

function checkRow(raw: RawImportRow, seen: DuplicateRows): Parsed<ImportRow> {
  const phones = eachField(raw, 'phone', parsePhones);
  if (!phones.ok) return phones;
  const postcodes = eachField(raw, 'postcode', parsePostcodes);
  if (!postcodes.ok) return postcodes;
  const name = nameOf(raw);
  if (!name.ok) return name;
  for (const phone of phones.value) {
    const earlier = seen.firstLine(phone, name.value ?? '', raw.line);
    if (earlier !== raw.line) return refused(`same as line ${earlier}: the same phone and name`);
  }
  return parsed({
    line: raw.line,
    name: name.value,
    language: 'nl',
    phones: distinct(phones.value),
    postcodes: postcodes.value,
  });
}

/** The names of all name columns, each once. */
function nameOf(raw: RawImportRow): Parsed<string | null> {
  if (!raw.name.includes(FIELD_BREAK)) {
    const name = parseName(raw.name);
    return name.ok ? name : refused(`${raw.labels?.name[0] ?? 'name'}: ${name.reason}`);
  }
  const names = eachField(raw, 'name', (text) => {
    const name = parseName(text);
    return name.ok ? parsed(name.value === null ? [] : [name.value]) : name;
  });
  if (!names.ok) return names;
  const name = parseName([...new Set(names.value)].join(' '));
  return name.ok ? name : refused(`name: ${name.reason}`);
}

const distinct = <T>(values: readonly T[]): readonly T[] => (values.length < 2 ? values : [...new Set(values)]);

/**
 * The values of all columns of this field. Empty columns are allowed next to a filled one. A refusal names
 * its column.
 */
function eachField<T>(
  raw: RawImportRow,
  field: 'phone' | 'postcode' | 'name',
  read: (text: string) => Parsed<readonly T[]>,
): Parsed<readonly T[]> {
  const labels = raw.labels?.[field] ?? [];
  if (!raw[field].includes(FIELD_BREAK)) {
    const only = read(raw[field]);
    return only.ok ? only : refused(`${labels[0] ?? field}: ${only.reason}`);
  }
  const fields = raw[field].split(FIELD_BREAK);
  const found: T[] = [];
  const filled = fields.flatMap((text, index) => (plainCharacters(text).trim() === '' ? [] : [{ text, index }]));
  for (const { text, index } of filled.length > 0 ? filled : [{ text: '', index: 0 }]) {
    const one = read(text);
    if (!one.ok) return refused(`${labels[index] ?? field}: ${one.reason}`);
    found.push(...one.value);
  }
  return parsed(found);
}
