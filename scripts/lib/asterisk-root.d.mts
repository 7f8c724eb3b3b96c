import type { isAccepted } from './asterisk-version.mjs';

export { compareVersions, isAccepted, isNewEnough, MINIMUM_ASTERISK } from './asterisk-version.mjs';

type Env = Parameters<typeof isAccepted>[1];

/** How to start a program: `spawn(command, [...args, ...yours], { env: { ...process.env, ...env } })`. */
export interface Program {
  command: string;
  /** What comes before your own arguments. */
  args: string[];
  /** To be added to the environment. */
  env: Record<string, string>;
  source: 'path' | 'private-root';
  /** The folder of the private root; only when it comes from there. */
  root?: string;
}

/** An Asterisk that is new enough, and the folders its configuration must name. */
export interface AsteriskProgram extends Program {
  /** As `asterisk -V` says it, without the word Asterisk: `22.10.1+dfsg…`. */
  version: string;
  /** For `astmoddir`. */
  modulesDir: string;
  /** For `astdatadir`: holds `documentation/core-en_US.xml`, without which PJSIP does not start. */
  dataDir: string;
}

/** A telephone tool. */
export interface ToolProgram extends Program {
  /** The folder of its loadable modules, when it has one (baresip: `module_path`). */
  modulesDir?: string;
}

/** The Asterisk to start: on the PATH if it is accepted, else of the private root; undefined when there is none. */
export declare function findAsterisk(env?: Env): Promise<AsteriskProgram | undefined>;

/** A program such as `sipp` or `baresip`: on the PATH, else in the private root; undefined when there is none. */
export declare function findTool(name: string, env?: Env): Promise<ToolProgram | undefined>;

/** The version of the Asterisk on the PATH, accepted or not; undefined when there is none. */
export declare function versionOnPath(env?: Env): Promise<string | undefined>;

/** The folder that private roots are kept in. */
export declare function cacheFolder(env?: Env): string;

/** The folder of the private root, whether it is there or not. */
export declare function rootFolder(env?: Env): string;

/** Makes the private root in `folder`; takes about 40 s. Throws SetupError, in plain words, when it cannot. */
export declare function makeRoot(folder: string): Promise<void>;
