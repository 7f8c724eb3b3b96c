type Env = Readonly<Record<string, string | undefined>>;

/** How to start `linphonec`: `spawn(command, [...args, ...yours], { cwd: folder })`; undefined when there is none. */
export declare function findLinphone(
  env?: Env,
): { readonly command: string; readonly args: readonly string[]; readonly folder: string } | undefined;

/** Makes sure of it where that can be; says why when it cannot. */
export declare function makeLinphoneReady(env: Env): Promise<void>;
