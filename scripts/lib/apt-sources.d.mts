/** One entry of apt's source lists from which packages are fetched. */
export interface AptSource {
  uris: string[];
  suites: string[];
  components: string[];
  /** The keyring that the archive's signature is checked with; '' when the entry names none. */
  signedBy: string;
}

/** The entries of one file: `one-line` for `.list`, `deb822` for `.sources`. */
export declare function parseSources(text: string, format: 'one-line' | 'deb822'): AptSource[];

/** The address of Debian's main archive in these entries, without the final slash. */
export declare function debianMirror(entries: readonly AptSource[]): string | undefined;
