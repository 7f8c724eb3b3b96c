import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The built program, as arguments for Node; it starts sooner than the sources. Undefined when there is no build. */
export const builtProgram = (): readonly string[] | undefined => (existsSync(BUILT) ? [BUILT] : undefined);
