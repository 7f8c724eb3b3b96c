/** A hash over files and folders below `base`, names and contents, and over plain words. Missing files count too. */
export declare function hashOf(base: string, paths: readonly string[], words?: readonly string[]): string;

/** True when the stamp says that what it stands for was made from this hash. */
export declare function isStamped(stampFile: string, hash: string): boolean;

/** Writes the stamp. */
export declare function writeStamp(stampFile: string, hash: string): void;

/** The file itself, or every file below the folder in a fixed order. */
export declare function filesIn(path: string): string[];

/** What of a lockfile matters here. */
export interface Lockfile {
  packages?: Record<string, { version?: string; optional?: boolean; devOptional?: boolean; peer?: boolean }>;
}

/** Do the packages of node_modules/.package-lock.json fit package-lock.json? */
export declare function fitsLockfile(lockfile: Lockfile, installed: Lockfile): boolean;
