/**
 * Thrown when a command fails for a reason that a person can act upon. `lines` are printed; the exit code is
 * 1.
 */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}
