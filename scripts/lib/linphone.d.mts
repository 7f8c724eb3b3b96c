type Env = Readonly<Record<string, string | undefined>>;

/**
 * How to start linphonec: `spawn(command, [...args, ...yours], { cwd: folder })`; undefined when it is not
 * installed.
 */
export declare function findLinphone(
  env?: Env,
): { readonly command: string; readonly args: readonly string[]; readonly folder: string } | undefined;

/** Fetches linphonec if it is missing. Reports a failure and does not throw it. */
export declare function makeLinphoneReady(env: Env): Promise<void>;
