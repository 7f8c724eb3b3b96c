/** One entry of apt's source lists that packages are fetched from. */
export interface AptSource {
  uris: string[];
  suites: string[];
  components: string[];
  /** The keyring it must be signed with, '' when it names none. */
  signedBy: string;
}

/** The entries of one file: `one-line` for `.list`, `deb822` for `.sources`. */
export declare function parseSources(text: string, format: 'one-line' | 'deb822'): AptSource[];

/** The address of Debian's main archive among these entries, without its last slash. */
export declare function debianMirror(entries: readonly AptSource[]): string | undefined;
