/** Thrown when a command cannot be done: what is printed, line by line. The exit code is 1. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}
