import { journalRecord, type JournalRecord } from '../../../src/domain/records/journal';
import { release, type Release } from '../../../src/domain/records/release';
import { hostState, lease, type HostState, type Lease } from '../../../src/domain/records/state';
import { baseFolder, stackFolder } from './site';
import type { Server } from '../server';

/** One container of a server, of ours or not. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly startedAt: string;
  readonly restart: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
}

const inspectFormat =
  '{"id":{{json .Id}},"name":{{json .Name}},"state":{{json .State.Status}},"startedAt":{{json .State.StartedAt}},' +
  '"restart":{{json .HostConfig.RestartPolicy.Name}},"labels":{{json .Config.Labels}},"networks":{{json .NetworkSettings.Networks}}}';

type InspectedContainer = Omit<ContainerFacts, 'networks' | 'labels'> & {
  readonly networks: object;
  readonly labels: ContainerFacts['labels'] | null;
};

/** All containers of a server, running or not, by name. */
export async function readContainers(server: Server): Promise<readonly ContainerFacts[]> {
  const ids = (await server.docker(['ps', '--all', '--quiet', '--no-trunc'])).split('\n');
  const listed = ids.filter((id) => id !== '');
  if (listed.length === 0) return [];
  const text = await server.docker(['inspect', '--format', inspectFormat, ...listed]);
  return text
    .split('\n')
    .map((line) => JSON.parse(line) as InspectedContainer)
    .map((one) => ({
      ...one,
      name: one.name.replace(/^\//, ''),
      labels: one.labels ?? {},
      networks: Object.keys(one.networks).sort(),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

const read = async (server: Server, path: string): Promise<string | null> => {
  const { code, stdout } = await server.exec(['cat', path]);
  return code === 0 ? stdout : null;
};

/** What a server has on record of the dinghy app; each part null when it is not there. */
export interface Records {
  readonly state: HostState | null;
  readonly lease: Lease | null;
  readonly releases: readonly Release[];
  /** Ids of deploys that a keeper kept, oldest first. */
  readonly kept: readonly string[];
  /** Of the newest of them. */
  readonly journal: readonly JournalRecord[];
  readonly audit: readonly Readonly<Record<string, unknown>>[];
}

/** Reads the records as the next run will, with their schemas. */
export async function readRecords(server: Server): Promise<Records> {
  const list = async (script: string): Promise<string[]> =>
    (await server.exec(['sh', '-c', script])).stdout.split('\n').filter((line) => line !== '');
  const [state, held, journals, folders, audit] = await Promise.all([
    read(server, `${baseFolder}/state.json`),
    read(server, `${baseFolder}/lease`),
    list(`ls ${baseFolder}/journal/*.jsonl 2>/dev/null`),
    list(`ls -d ${baseFolder}/releases/*/ 2>/dev/null`),
    read(server, `${baseFolder}/audit.jsonl`),
  ]);
  const records = await Promise.all(folders.map((folder) => read(server, `${folder}release.json`)));
  const newest = journals.sort().at(-1);
  const journal = newest === undefined ? null : await read(server, newest);
  return {
    state: state === null ? null : hostState.parse(JSON.parse(state)),
    lease: held === null || held === '' ? null : lease.parse(JSON.parse(held)),
    releases: records
      .filter((text) => text !== null)
      .map((text) => release.parse(JSON.parse(text)))
      .sort((a, b) => a.seq - b.seq),
    kept: journals.map((path) => path.replace(/.*\/|\.jsonl$/g, '')),
    journal: linesOf(journal).map((line) => journalRecord.parse(line)),
    audit: linesOf(audit) as Record<string, unknown>[],
  };
}

function linesOf(text: string | null): unknown[] {
  return (text ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

/** Files that a run which touches nothing must leave as they were, with owner, mode, time and hash, as text that can be compared. */
export async function snapshotFiles(server: Server): Promise<string> {
  const folders = `/var/lib/shiplock ${stackFolder} /home /root /tmp`;
  const script = [
    // The work folder of an evaluation comes and goes, and leaves its trace in the time of /tmp itself.
    `find ${folders} -not -path /tmp -printf '%p %y %m %u:%g %s %T@\\n' | sort`,
    `find ${folders} -type f -exec sha256sum {} + | sort`,
  ].join('; ');
  return (await server.exec(['sh', '-c', script])).stdout;
}

const listed = async (server: Server, args: readonly string[]): Promise<string> =>
  (await server.docker(args)).split('\n').sort().join('\n');

/** Everything that a run which touches nothing must leave as it was: files, containers, networks, volumes, images. */
export async function snapshot(server: Server): Promise<string> {
  const parts = await Promise.all([
    snapshotFiles(server),
    listed(server, ['network', 'ls', '--format', '{{.ID}} {{.Name}}']),
    listed(server, ['volume', 'ls', '--format', '{{.Name}}']),
    listed(server, ['image', 'ls', '--all', '--digests', '--format', '{{.ID}} {{.Digest}}']),
    readContainers(server).then((containers) => JSON.stringify(containers, null, 2)),
  ]);
  return parts.join('\n\n');
}
