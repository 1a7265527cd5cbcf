/** One archive of a program as its publisher released it, which is what may be installed. */
export interface ToolArchive {
  /** Name of the program. */
  readonly tool: string;
  readonly version: string;
  /** As Node names them. */
  readonly platform: string;
  /** Behind `https://github.com`, or behind a mirror. */
  readonly path: string;
  /** A tar with the program among other files, or the program alone. */
  readonly packing: 'tar.gz' | 'bz2';
  /** Hex, of the archive; from the publisher's list of checksums. */
  readonly sha256: string;
}
