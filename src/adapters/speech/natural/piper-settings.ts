import { VoiceRefused } from './voice-refused.js';

/** The settings of a Piper voice: the file `NAME.onnx.json` that comes with the model. */
export interface PiperSettings {
  /** Hz. */
  readonly rate: number;
  readonly speakers: number;
  readonly lengthScale: number;
  readonly noiseScale: number;
  readonly noiseScaleW: number;
  /** The number of each phoneme, by its character. */
  readonly phonemes: Readonly<Record<string, number>>;
  /** Numbers of the marks before and after a sentence, and between its phonemes. */
  readonly marks: { readonly start: number; readonly end: number; readonly blank: number };
  /** The data that the voice was trained on; empty when the file does not say. */
  readonly dataset: string;
  /** The licence that the file names; empty when it names none, which is usual. */
  readonly licence: string;
}

/** The values of voices that were published (piper1-gpl, voices.json) lie well within these. */
const RATES = { least: 8_000, most: 48_000 };
/** Highest number of a phoneme; published voices have at most 256. */
const MOST_PHONEME = 1_023;
const LEAST_PHONEMES = 20;

/** Reads and checks the settings of a Dutch voice. Throws {@link VoiceRefused}. */
export function parsePiperSettings(text: string): PiperSettings {
  const found = parsed(text);
  const { espeak, language, audio, inference, phoneme_type: type } = found;
  const spoken = textOf(isObject(espeak) ? espeak['voice'] : undefined) || languageOf(language);
  if (!/^nl(?:[-_]|$)/i.test(spoken))
    throw new VoiceRefused(
      spoken === ''
        ? 'its settings name no language'
        : `it speaks ${languageName(spoken)}; only Dutch voices are allowed`,
    );
  if (type !== undefined && type !== 'espeak')
    throw new VoiceRefused('it takes letters instead of phonemes; only voices with the phonemes of espeak are allowed');
  const phonemes = phonemesOf(found['phoneme_id_map']);
  const scales = isObject(inference) ? inference : {};
  return {
    rate: numberOf(isObject(audio) ? audio['sample_rate'] : undefined, 'audio.sample_rate', RATES),
    speakers: numberOf(found['num_speakers'] ?? 1, 'num_speakers', { least: 1, most: 10_000 }),
    lengthScale: numberOf(scales['length_scale'] ?? 1, 'inference.length_scale', { least: 0.1, most: 10 }),
    noiseScale: numberOf(scales['noise_scale'] ?? 0.667, 'inference.noise_scale', { least: 0, most: 10 }),
    noiseScaleW: numberOf(scales['noise_w'] ?? 0.8, 'inference.noise_w', { least: 0, most: 10 }),
    phonemes,
    marks: { start: markOf(phonemes, '^'), end: markOf(phonemes, '$'), blank: markOf(phonemes, '_') },
    dataset: textOf(found['dataset']),
    licence: textOf(found['license']) || textOf(found['licence']),
  };
}

function parsed(text: string): Record<string, unknown> {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    const page = /^\s*</.test(text);
    throw new VoiceRefused(page ? 'its settings are a web page, not a JSON file' : 'its settings are not a JSON file');
  }
  if (!isObject(found)) throw new VoiceRefused('its settings are not those of a Piper voice');
  return found;
}

/** Only single characters are phonemes, and each has one number. */
function phonemesOf(map: unknown): Record<string, number> {
  if (!isObject(map)) throw new VoiceRefused('its settings have no phonemes (phoneme_id_map)');
  const numbers: Record<string, number> = {};
  for (const [character, ids] of Object.entries(map)) {
    const [id, ...more] = Array.isArray(ids) ? (ids as unknown[]) : [ids];
    const usable = typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= MOST_PHONEME;
    if (!usable || more.length > 0)
      throw new VoiceRefused(`its settings give the phoneme "${character}" no single number from 0 to ${MOST_PHONEME}`);
    if (Array.from(character).length === 1) numbers[character] = id;
  }
  const count = Object.keys(numbers).length;
  if (count < LEAST_PHONEMES) throw new VoiceRefused(`its settings have ${count} phonemes, too few for Dutch`);
  return numbers;
}

function markOf(phonemes: Readonly<Record<string, number>>, mark: string): number {
  const id = phonemes[mark];
  if (id === undefined) throw new VoiceRefused(`its settings have no phoneme "${mark}"`);
  return id;
}

function numberOf(value: unknown, field: string, { least, most }: { least: number; most: number }): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new VoiceRefused(`${field} of its settings must be a number from ${least} to ${most}`);
}

function languageOf(language: unknown): string {
  if (!isObject(language)) return '';
  return textOf(language['code']) || textOf(language['family']);
}

/** `Intl` throws on a code that has no valid form. */
function languageName(code: string): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(code.replaceAll('_', '-')) ?? code;
  } catch {
    return `"${code}"`;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
