/** A backup at work, as what it runs can be found again. */
export interface Work {
  /** `<app>/<environment>`: no other backup of it runs at the same time. */
  readonly mark: string;
  /** Ids of the containers that its databases are in. */
  readonly containers: readonly string[];
  /** The docker command; empty where Docker does not answer. */
  readonly docker: readonly string[];
}
