/** The settings of docker/metadata-action that come by environment. */
export interface TagSettings {
  readonly prHeadSha: boolean;
  /** As it is written; it is checked where inputs are. */
  readonly shortShaLength: string;
  readonly annotationLevels: readonly string[];
  /** Whether outputs are variables too. */
  readonly setOutputEnv: boolean;
}

/** Words for no, as docker/metadata-action reads them. */
const no = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** Reads `DOCKER_METADATA_*`. */
export function readTagSettings(environment: NodeJS.ProcessEnv = process.env): TagSettings {
  const read = (name: string): string => environment[`DOCKER_METADATA_${name}`]?.trim() ?? '';
  return {
    prHeadSha: /^true$/i.test(read('PR_HEAD_SHA')),
    shortShaLength: read('SHORT_SHA_LENGTH'),
    annotationLevels: (read('ANNOTATIONS_LEVELS') || 'manifest').split(','),
    setOutputEnv: !no.includes(read('SET_OUTPUT_ENV')),
  };
}
