import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** What operators run, as arguments for Node; it starts sooner than the sources. Undefined when it was not built. */
export const builtProgram = (): readonly string[] | undefined => (existsSync(BUILT) ? [BUILT] : undefined);
