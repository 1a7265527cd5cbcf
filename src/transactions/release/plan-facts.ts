import type { RenderedSlot } from '../../domain/compose/slot';
import { driverOf } from '../../domain/proxy/drivers';
import type { Plan } from '../../domain/records/plan';
import { parseJson } from '../../domain/json';
import { evaluateCompose, type ComposeSource } from '../../operations/release/evaluate-compose';
import { hostPath } from '../../operations/release/release-files';
import { unlessStatus } from '../../operations/release/unless-status';
import type { HostRun } from './deploy-tools';
import type { Preflight } from './preflight';
import { managedParts, managedStart } from './start-managed';

/** What a dry run asks besides what every run knows; nothing is changed by it. */
export interface PlanFacts {
  /** Images that the engine does not have yet. */
  readonly toPull: readonly string[];
  /** Networks and volumes that are not there yet, by name. */
  readonly toMake: { readonly networks: readonly string[]; readonly volumes: readonly string[] };
  /** Compose documents: of the release that serves, and of the target where it is not rendered anew. null = there is none. */
  readonly live: unknown;
  readonly target: unknown;
  /** The team's compose files with their variables unresolved; null = it is not known. */
  readonly written: unknown;
}

/** Asks the host what a plan would find there. @param source compose files of the checkout; null for a rollback */
export async function askPlanFacts(
  run: HostRun,
  before: Preflight,
  plan: Plan,
  slot: RenderedSlot | null,
  source: ComposeSource | null,
): Promise<PlanFacts> {
  const { engine } = run.session;
  const { live, target } = plan;
  const proxyIsMade = managedStart(run.config, before.seen) === 'made';
  const images = [
    ...new Set([
      ...(slot?.images ?? target.release.services.map(({ image }) => image)),
      run.facts.keeperImage,
      ...(proxyIsMade ? [run.config.proxy.managed.image] : []),
    ]),
  ];
  const own = (things: readonly { name: string; external?: boolean }[] | undefined): string[] =>
    (things ?? []).filter(({ external }) => external !== true).map(({ name }) => name);
  const proxy = proxyIsMade ? managedParts : { networks: [], volumes: [] };
  const networks = [...proxy.networks, ...own(slot?.networks), ...own(slot?.joined)];
  const volumes = [...proxy.volumes, ...own(slot?.volumes)];
  const [toPull, newNetworks, newVolumes, liveText, targetText, written] = await Promise.all([
    missing(images, (name) => engine.inspectImage(name)),
    missing([...new Set(networks)], (name) => engine.inspectNetwork(name)),
    missing(volumes, (name) => engine.inspectVolume(name)),
    live === null || live.slot === 'adopted' ? null : readCompose(run, plan, live.release.id),
    slot === null && target.slot !== 'adopted' ? readCompose(run, plan, target.release.id) : null,
    source === null ? null : readWritten(run, before, source),
  ]);
  return {
    toPull,
    toMake: { networks: newNetworks, volumes: newVolumes },
    ...{ live: liveText, target: targetText, written },
  };
}

/** Names that the engine answers with 404. */
async function missing(
  names: readonly string[],
  ask: (name: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const answers = await Promise.all(
    names.map(async (name) => ((await unlessStatus(404, ask(name))) === null ? [name] : [])),
  );
  return answers.flat();
}

async function readCompose({ session }: HostRun, { base }: Plan, id: string): Promise<unknown> {
  const argv = ['cat', `${hostPath.release(base, id)}/compose.json`];
  const { code, stdout } = await session.host.exec(argv, { maxOutputBytes: 64 * 1024 * 1024 });
  return code === 0 ? (parseJson(stdout) ?? null) : null;
}

/** The same evaluation with its variables left alone: what is equal in both is no secret of the server. */
async function readWritten(
  { session, tools, config, facts }: HostRun,
  { seen, stack }: Preflight,
  source: ComposeSource,
): Promise<unknown> {
  const { app, environment } = config;
  const evaluation = await evaluateCompose(session.host, tools.pack, {
    ...{ app, environment, source, docker: facts.docker },
    ...{ directory: seen.directory, configDir: seen.configDir },
    include: driverOf(config.proxy).file(config),
    project: stack.compose.name,
    nonce: tools.random(8),
    raw: true,
  });
  const document = evaluation?.document ?? null;
  return document === null ? null : (parseJson(document) ?? null);
}
