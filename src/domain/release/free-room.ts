/** Free room where a folder lies or would lie; null where it could not be read, `inodes` also where the file system has no such limit. */
export interface FreeRoom {
  readonly path: string;
  readonly bytes: number | null;
  readonly inodes: number | null;
}
