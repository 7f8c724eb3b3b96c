import type { PromptLanguage } from '../messages.js';
import { spokenEnglish } from './english.js';
import { spoken } from './spoken.js';

/** The words of a text in each language. */
export const spokenIn: Readonly<Record<PromptLanguage, (text: string) => string>> = { nl: spoken, en: spokenEnglish };
