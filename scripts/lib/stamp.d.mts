/**
 * A hash over the names and contents of files and folders below `base`, and over plain words. A missing file
 * counts too.
 */
export declare function hashOf(base: string, paths: readonly string[], words?: readonly string[]): string;

/** True when the stamp holds this hash. */
export declare function isStamped(stampFile: string, hash: string): boolean;

/** Writes the stamp. */
export declare function writeStamp(stampFile: string, hash: string): void;

/** The file itself, or every file below the folder in a fixed order. */
export declare function filesIn(path: string): string[];

/** The fields of a lockfile that are used here. */
export interface Lockfile {
  packages?: Record<string, { version?: string; optional?: boolean; devOptional?: boolean; peer?: boolean }>;
}

/** Whether the packages of node_modules/.package-lock.json fit package-lock.json. */
export declare function fitsLockfile(lockfile: Lockfile, installed: Lockfile): boolean;
