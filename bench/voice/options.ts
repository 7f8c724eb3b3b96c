import { parseArgs } from 'node:util';

export interface Options {
  /** Folder for the sounds of the listening test; undefined: no listening test is made. */
  readonly samples: string | undefined;
  /** Prints a row for every prompt and message. */
  readonly all: boolean;
  readonly quick: boolean;
}

export const USAGE = `npm run bench -- voice [options]
  --all                    a row for every prompt and message
  --samples DIR            writes the listening test to this folder instead: see docs/speech.md
  --quick                  a short look, not a measurement: five messages

Measures the embedded voice, the natural voice in use in BURGERNET_DATA, the system's voice, and the command in
BURGERNET_SPEECH_COMMAND: those that there are. Without a natural voice, a model of the size of a Piper voice of
quality "medium" with random weights is timed in its place.`;

/** Throws an error for the user when an option is not allowed. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      samples: { type: 'string' },
      all: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
  });
  return { samples: values.samples, all: values.all, quick: values.quick };
}
