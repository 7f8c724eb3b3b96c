/** The path of a Chromium on the PATH; undefined when there is none. */
export function findChromium(env?: NodeJS.ProcessEnv): string | undefined;
