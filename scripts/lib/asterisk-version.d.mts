/** The oldest Asterisk that is accepted. */
export declare const MINIMUM_ASTERISK: string;

/** The numbers of a version text, or undefined when it does not start with `major.minor`. */
export declare function parseVersion(
  text: string,
): { numbers: [major: number, minor: number, patch: number]; preRelease: boolean } | undefined;

/** Below zero when a is older than b, above zero when newer. Throws TypeError when one is no version. */
export declare function compareVersions(a: string, b: string): number;

/** True from `minimum` on; certified releases count by the version they branch from; an unknown version is false. */
export declare function isNewEnough(version: string, minimum?: string): boolean;

/** As isNewEnough, or anything when `BURGERNET_ALLOW_OLD_ASTERISK` is `1`. */
export declare function isAccepted(version: string, env?: Readonly<Record<string, string | undefined>>): boolean;
