import { readFileSync } from 'node:fs';
import { sentencesOf, type PromptTexts, type PromptWords } from '../../src/domain/prompts/sentences.js';
import type { PromptScript } from '../../src/domain/prompts/takes.js';

/** The prompts of this version, from the manifest. */
export const MANIFEST_TEXTS = (
  JSON.parse(readFileSync(new URL('../../sounds/nl/manifest.json', import.meta.url), 'utf8')) as {
    prompts: PromptTexts;
  }
).prompts;

export const WORDS: PromptWords = { tipLine: '0800-0011', service: 'Burgernet' };

export const scriptOf = (texts: PromptTexts = MANIFEST_TEXTS, words = WORDS): PromptScript => ({
  texts,
  words,
  sentences: sentencesOf(texts, words),
});
