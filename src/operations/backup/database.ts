import { markWord, workLabelOf } from '../../commands/backup/end-work';
import type { DatabaseSettings } from '../../domain/backup/database';
import type { ContainerMount } from '../../platform/docker-api/types';
import type { Host } from '../../platform/host';

/** Where a database is, and with it where its tools are. */
export type Place =
  | {
      readonly at: 'container';
      /** Resolved once; a name may move. */
      readonly id: string;
      readonly imageId: string;
      /** Compose project; null = it has none. */
      readonly project: string | null;
      readonly environment: ReadonlyMap<string, string>;
      readonly mounts: readonly ContainerMount[];
    }
  | { readonly at: 'host' }
  /** Reached by its URL, with the tools of an image, or of the host when there is none. */
  | { readonly at: 'url'; readonly imageId: string | null };

/** A database as a step sees it. Secrets go by stdin (`runStage` with `secret`) or in a 0600 file, never in an argv. */
export interface Database {
  readonly settings: DatabaseSettings;
  readonly host: Host;
  /** The docker command of the host. */
  readonly docker: readonly string[];
  /** Image with Node 24, for what the database's own image has no tool for; pulled when it is not there. */
  readonly nodeImage: string;
  readonly place: Place;
  readonly secrets: { readonly password: string | null; readonly url: string | null };
  /** Milliseconds that only grow, to time a restore. */
  readonly monotonic: () => number;
  /** Of the backup that works on it: by it everything that it runs is found and ended when it is given up. None = nobody ends it. */
  readonly mark?: string;
}

/** Whether its scratch server is made of the image that its own service runs in; else of one that somebody published. */
export function hasOwnScratch({ settings, place }: Pick<Database, 'settings' | 'place'>): boolean {
  return settings.scratchImage === null && place.at !== 'host' && place.imageId !== null;
}

/** Argv on the host for a tool where the database is: no terminal, stdin goes along, messages in English. */
export function toolArgv(
  { docker, place, mark }: Pick<Database, 'docker' | 'place' | 'mark'>,
  words: readonly string[],
): readonly string[] {
  const environment = ['LC_ALL=C', ...(mark === undefined ? [] : [markWord(mark)])];
  if (place.at === 'container') {
    const given = environment.flatMap((word) => ['-e', word]);
    return [...docker, 'exec', '-i', ...given, place.id, ...words];
  }
  if (place.at === 'host' || place.imageId === null) return ['env', ...environment, ...words];
  const [program = '', ...rest] = words;
  const labels = mark === undefined ? [] : ['--label', workLabelOf(mark)];
  const container = ['run', '--rm', '-i', ...labels, '--network', 'host', '-e', 'LC_ALL=C'];
  return [...docker, ...container, '--entrypoint', program, place.imageId, ...rest];
}
