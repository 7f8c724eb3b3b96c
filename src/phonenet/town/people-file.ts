import { scriptOf, type Step } from './scripts.js';

/** One telephone in the dialplan's context `people`. */
export interface Person {
  /** `31612345678`, a pattern such as `_316XXXXXXX[0-5]`, or `desk1`. */
  readonly extension: string;
  /** Name of the behaviour, for the ledger. */
  readonly persona: string;
  readonly first: readonly Step[];
  /** The steps from the second call on, when those differ. */
  readonly later?: readonly Step[];
}

/**
 * The dialplan of all telephones. `generation` differs for each new town, so that calls are counted from zero
 * again: a citizen who is busy at the first call is busy again in the new town.
 */
export function peopleFile(people: Iterable<Person>, generation: number): string {
  const lines = ['[people]'];
  for (const { extension, persona, first, later } of people) {
    lines.push(`exten => ${extension},1,Set(PERSONA=${persona})`, ` same => n,Set(SCRIPT=${scriptOf(first)})`);
    if (later !== undefined) {
      const calls = `CALLS_${generation}_\${NUMBER}`;
      lines.push(
        ` same => n,Set(GLOBAL(${calls})=$[0\${GLOBAL(${calls})} + 1])`,
        ` same => n,GotoIf($[\${GLOBAL(${calls})} > 1]?later)`,
        ' same => n,Return()',
        ` same => n(later),Set(SCRIPT=${scriptOf(later)})`,
      );
    }
    lines.push(' same => n,Return()');
  }
  return `${lines.join('\n')}\n`;
}
