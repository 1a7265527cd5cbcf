import type { HostState } from '../../../src/domain/records/state';
import { readContainers, readRecords, type ContainerFacts, type Records } from './facts';
import { baseFolder, stackFolder, type Site } from './site';

/** Every way in which a server is not at rest with `version` live: nothing in between, nothing left over, all records agreed. Empty = it is. */
export async function unsettled(
  site: Site,
  version: string,
  { oldRuns = false }: { readonly oldRuns?: boolean } = {},
): Promise<readonly string[]> {
  const [records, containers, leftovers, served] = await Promise.all([
    readRecords(site.server),
    readContainers(site.server),
    leftoverFiles(site),
    site.serving().catch(String),
  ]);
  const { state } = records;
  if (state === null) return ['there is no state'];
  const slots = containers.filter(({ labels }) => labels['shiplock.slot'] !== undefined);
  return [
    ...(served === version ? [] : [`visitors get ${served}, not ${version}`]),
    ...wrongRecords(records, state, version),
    ...wrongSlots(slots, state, oldRuns),
    ...containers
      .filter(
        ({ labels, state: now }) => labels['shiplock.keeper'] !== undefined && now !== 'exited',
      )
      .map(({ name, state: now }) => `${name} is ${now}`),
    ...leftovers.map((path) => `${path} was left behind`),
    ...(await wrongMarkers(site, state)),
  ];
}

function wrongRecords(records: Records, state: HostState, version: string): string[] {
  const live = records.releases.find(({ id }) => id === state.live.release);
  return [
    ...(live?.version === version ? [] : [`${state.live.release} is on record as live`]),
    ...(live?.standing === 'good' ? [] : [`its standing is ${live?.standing ?? 'unknown'}`]),
    ...(records.lease?.holder === null ? [] : ['the lease is held']),
  ];
}

function wrongSlots(
  slots: readonly ContainerFacts[],
  { live, previous }: HostState,
  oldRuns: boolean,
): string[] {
  const wrong = slots.flatMap(({ name, state, restart, labels }) => {
    const release = labels['shiplock.release'];
    if (release === live.release) {
      return state === 'running' && restart === 'unless-stopped'
        ? []
        : [`${name} is ${state}, ${restart}`];
    }
    if (release !== previous?.release) return [`${name} belongs to no release that is kept`];
    if (oldRuns && state === 'running') return [];
    return state === 'exited' && restart === 'no' ? [] : [`${name} is ${state}, ${restart}`];
  });
  const running = slots
    .filter(({ labels }) => labels['shiplock.release'] === live.release)
    .map(({ labels }) => labels['shiplock.service'] ?? '')
    .sort();
  return running.join() === 'web,worker' ? wrong : [...wrong, `live are only ${running.join()}`];
}

async function wrongMarkers({ server }: Site, { live }: HostState): Promise<string[]> {
  const folder = `${stackFolder}/nginx/shiplock/dinghy-production`;
  const { stdout } = await server.exec(['ls', folder]);
  const there = stdout.split('\n').filter((name) => name !== '' && !name.endsWith('.json'));
  const expected = live.slot === 'green' ? ['green', 'managed'] : ['managed'];
  return there.join() === expected.join()
    ? []
    : [`the markers are ${there.join()} for ${live.slot}`];
}

async function leftoverFiles({ server }: Site): Promise<string[]> {
  const script =
    `ls -d /tmp/shiplock-* ${baseFolder}/.incoming-* 2>/dev/null; ` +
    `find ${baseFolder} ${stackFolder} -name '*.new' -o -name '*.tmp*'`;
  const { stdout } = await server.exec(['sh', '-c', script]);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Waits until no keeper runs; throws with what the last one said when that takes longer than `limitMs`. */
export async function keeperEnded({ server }: Site, limitMs = 120_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const running = await server.docker(['ps', '--quiet', '--filter', 'label=shiplock.keeper']);
    if (running === '') return;
    if (Date.now() > deadline) {
      const [keeper = ''] = running.split('\n');
      throw new Error(
        `a keeper still runs: ${await server.docker(['logs', '--tail', '5', keeper])}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
