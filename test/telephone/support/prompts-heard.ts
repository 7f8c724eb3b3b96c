import type { PromptName } from '../../../src/domain/messages.js';
import { hearings, type Samples } from '../../../src/phonenet/index.js';

export interface HeardPrompt {
  readonly name: PromptName;
  /** ms from the beginning of the recording. */
  readonly atMs: number;
}

/** Each time that one of these prompts was heard, in order. */
export async function promptsHeard(
  heard: Samples,
  names: readonly PromptName[],
  samplesOf: (name: PromptName) => Promise<Samples>,
): Promise<readonly HeardPrompt[]> {
  const found = await Promise.all(
    names.map(async (name) => hearings(heard, await samplesOf(name)).map(({ atMs }) => ({ name, atMs }))),
  );
  return found.flat().toSorted((a, b) => a.atMs - b.atMs);
}

/** The names in the order heard. A prompt that is repeated at once counts once. */
export const namesInOrder = (prompts: readonly HeardPrompt[]): PromptName[] =>
  prompts.map(({ name }) => name).filter((name, index, all) => name !== all[index - 1]);
