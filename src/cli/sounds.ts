import { join } from 'node:path';
import type { RenderedPrompt } from '../adapters/speech/render-prompts.js';
import { renderPrompts } from '../adapters/speech/render-prompts.js';
import { PROMPT_LANGUAGES } from '../domain/messages.js';

export interface RenderSystemPromptsOptions {
  /** The folder with a folder for each language: `sounds`. */
  readonly soundsFolder: string;
  /** Prints one line. */
  readonly print: (line: string) => void;
}

/**
 * `npm run sounds`: renders every fixed prompt in every language again from the texts in its manifest. A
 * second run changes nothing.
 */
export async function renderSystemPrompts({
  soundsFolder,
  print,
}: RenderSystemPromptsOptions): Promise<RenderedPrompt[]> {
  const all: RenderedPrompt[] = [];
  for (const language of PROMPT_LANGUAGES) {
    const folder = join(soundsFolder, language);
    const prompts = await renderPrompts(folder);
    for (const { name, text, seconds } of prompts)
      print(`${name.padEnd(20)}${seconds.toFixed(1).padStart(6)} s  ${text}`);
    const total = prompts.reduce((sum, { seconds }) => sum + seconds, 0);
    print(`${prompts.length} prompts, ${total.toFixed(0)} seconds, in ${folder}`);
    all.push(...prompts);
  }
  return all;
}
