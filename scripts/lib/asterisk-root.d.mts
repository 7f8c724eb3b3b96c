import type { isAccepted } from './asterisk-version.mjs';

export { compareVersions, isAccepted, isNewEnough, MINIMUM_ASTERISK } from './asterisk-version.mjs';

type Env = Parameters<typeof isAccepted>[1];

/** How to start a program: `spawn(command, [...args, ...yours], { env: { ...process.env, ...env } })`. */
export interface Program {
  command: string;
  /** Arguments that go before your own. */
  args: string[];
  /** Variables to add to the environment. */
  env: Record<string, string>;
  source: 'path' | 'private-root';
  /** The folder of the private root; absent for a program on the PATH. */
  root?: string;
}

/** An accepted Asterisk, and the folders that its configuration must name. */
export interface AsteriskProgram extends Program {
  /** As `asterisk -V` prints it, without the word Asterisk: `22.10.1+dfsg…`. */
  version: string;
  /** For `astmoddir`. */
  modulesDir: string;
  /** For `astdatadir`. Holds `documentation/core-en_US.xml`, without which PJSIP does not start. */
  dataDir: string;
}

/** A telephone tool. */
export interface ToolProgram extends Program {
  /** The folder of its loadable modules, when it has one (baresip: `module_path`). */
  modulesDir?: string;
}

/**
 * The Asterisk to start: the one on the PATH if its version is accepted, else the one in the private root,
 * else undefined.
 */
export declare function findAsterisk(env?: Env): Promise<AsteriskProgram | undefined>;

/** A telephone tool such as `sipp` or `baresip`: on the PATH, else in the private root, else undefined. */
export declare function findTool(name: string, env?: Env): Promise<ToolProgram | undefined>;

/** The version of the Asterisk on the PATH, accepted or not; undefined when there is none. */
export declare function versionOnPath(env?: Env): Promise<string | undefined>;

/** The folder that holds the private roots. */
export declare function cacheFolder(env?: Env): string;

/** The folder of the private root, which may not exist yet. */
export declare function rootFolder(env?: Env): string;

/** Makes the private root in `folder`, which takes about 40 s. Throws SetupError when that fails. */
export declare function makeRoot(folder: string): Promise<void>;
