import type { RenderedPrompt } from '../adapters/speech/render-prompts.js';
import { renderPrompts } from '../adapters/speech/render-prompts.js';

export interface RenderSystemPromptsOptions {
  /** Folder of one language with its `manifest.json`: `sounds/nl`. */
  readonly soundsFolder: string;
  /** Prints one line. */
  readonly print: (line: string) => void;
}

/**
 * `npm run sounds`: renders every fixed prompt again from the texts in the manifest. A second run changes
 * nothing.
 */
export async function renderSystemPrompts({
  soundsFolder,
  print,
}: RenderSystemPromptsOptions): Promise<RenderedPrompt[]> {
  const prompts = await renderPrompts(soundsFolder);
  for (const { name, text, seconds } of prompts)
    print(`${name.padEnd(20)}${seconds.toFixed(1).padStart(6)} s  ${text}`);
  const total = prompts.reduce((sum, { seconds }) => sum + seconds, 0);
  print(`${prompts.length} prompts, ${total.toFixed(0)} seconds, in ${soundsFolder}`);
  return prompts;
}
