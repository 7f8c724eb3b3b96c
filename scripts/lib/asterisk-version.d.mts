/** The oldest Asterisk that is accepted. */
export declare const MINIMUM_ASTERISK: string;

/** The numbers in a version text; undefined when it does not start with `major.minor`. */
export declare function parseVersion(
  text: string,
): { numbers: [major: number, minor: number, patch: number]; preRelease: boolean } | undefined;

/**
 * Below zero when a is older than b, above zero when a is newer. Throws TypeError when one of the two is not
 * a version.
 */
export declare function compareVersions(a: string, b: string): number;

/**
 * Whether the version is `minimum` or newer. A certified release counts as the version it branched from.
 * False for an unknown version.
 */
export declare function isNewEnough(version: string, minimum?: string): boolean;

/** Like isNewEnough, but true for every version when `BURGERNET_ALLOW_OLD_ASTERISK` is `1`. */
export declare function isAccepted(version: string, env?: Readonly<Record<string, string | undefined>>): boolean;
