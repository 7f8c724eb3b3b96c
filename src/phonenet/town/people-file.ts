import { scriptOf, type Step } from './scripts.js';

/** One telephone, as the dialplan's context `people` is to know it. */
export interface Person {
  /** `31612345678`, a pattern such as `_316XXXXXXX[0-5]`, or `desk1`. */
  readonly extension: string;
  /** Name of the behaviour, for the ledger. */
  readonly persona: string;
  readonly first: readonly Step[];
  /** What they do from the second call on, when that differs. */
  readonly later?: readonly Step[];
}

/**
 * The dialplan of everybody there is. `generation` is another one each time the town is made anew: who is busy at the
 * first call is so again.
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
