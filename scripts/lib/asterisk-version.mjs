// Decides which versions of Asterisk are accepted. 22.10.1 fixes 20 security advisories, two of them in ARI,
// the interface by which the controller controls Asterisk.

export const MINIMUM_ASTERISK = '22.10.1';

/**
 * The numbers in a version text; undefined when it does not start with `major.minor`, as for a build from
 * git.
 */
export function parseVersion(text) {
  const match = /^(?:Asterisk\s+)?(?:certified[/-])?(\d+)\.(\d+)(?:\.(\d+))?(.*)$/s.exec(text.trim());
  if (!match) return undefined;
  const [, major, minor, patch = '0', rest = ''] = match;
  return {
    numbers: [Number(major), Number(minor), Number(patch)],
    preRelease: /^[-~+.]?(rc|beta|alpha|pre)\d*/i.test(rest),
  };
}

/**
 * Below zero when a is older than b, above zero when a is newer. A release candidate is older than its
 * release. Throws TypeError when one of the two is not a version.
 */
export function compareVersions(a, b) {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (!left || !right) throw new TypeError(`not a version: ${left ? b : a}`);
  for (const [index, number] of left.numbers.entries()) {
    if (number !== right.numbers[index]) return number - right.numbers[index];
  }
  return Number(right.preRelease) - Number(left.preRelease);
}

/**
 * Whether the version is `minimum` or newer. A certified release counts as the version it branched from
 * (22.8-cert3 is 22.8). False for an unknown version.
 */
export function isNewEnough(version, minimum = MINIMUM_ASTERISK) {
  return parseVersion(version) !== undefined && compareVersions(version, minimum) >= 0;
}

/**
 * Like isNewEnough, but true for every version when the administrator accepts the risk with
 * BURGERNET_ALLOW_OLD_ASTERISK=1.
 */
export function isAccepted(version, env = process.env) {
  return env.BURGERNET_ALLOW_OLD_ASTERISK === '1' || isNewEnough(version);
}
