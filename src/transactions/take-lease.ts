import { nginxInclude } from '../domain/proxy/nginx-include';
import type { Plan } from '../domain/records/plan';
import { nextLease } from '../domain/release/judge-lease';
import { ShiplockError } from '../errors';
import { findProxy } from '../operations/confirm-route';
import { prepareHost, restoreInclude } from '../operations/prepare-host';
import type { PackedFile } from '../platform/tar';
import type { Config } from '../config/config';
import type { DeployTools, RunFacts, Session } from './deploy-tools';
import type { Stack } from './draft';
import type { Survey } from './survey';

/** S2: the lease, and with it every file that the release needs on the host. @returns the keeper's hash */
export async function takeLease(
  session: Session,
  tools: DeployTools,
  parts: {
    readonly config: Config;
    readonly facts: RunFacts;
    readonly seen: Survey;
    readonly stack: Stack;
    readonly plan: Plan;
    /** Files of the release folder; none when a recorded release is started again. */
    readonly files: readonly PackedFile[];
  },
): Promise<string> {
  const { config, facts, seen, stack, plan, files } = parts;
  const keeper = await tools.readKeeper();
  const { deploy, base, target } = plan;
  const holder = { deploy, run: facts.url, actor: facts.actor, attempt: facts.attempt };
  const include = includeOf(config, stack, plan);
  const uploads: PackedFile[] = [
    { path: 'lease.expected', content: seen.look.lease ?? '' },
    {
      path: 'lease.next',
      content: `${JSON.stringify(nextLease(seen.facts.lease, holder, seen.look.clock))}\n`,
    },
    { path: 'plan.json', content: JSON.stringify(plan) },
    { path: 'shared.json', content: JSON.stringify(stack.compose) },
    { path: 'proxy/include', content: include },
    {
      path: 'proxy/markers/adopted.json',
      content: JSON.stringify({ slot: 'adopted', release: null }),
    },
    {
      path: `proxy/markers/${target.slot}.json`,
      content: JSON.stringify({ slot: target.slot, release: target.release.id }),
    },
    ...(seen.look.keepers.includes(`${keeper.hash}.mjs`)
      ? []
      : [{ path: 'keeper.mjs', content: keeper.text }]),
    ...files.map((file) => ({ ...file, path: `release/${file.path}` })),
  ];
  const name = `${config.app}-${config.environment}`;
  const { includeChanged } = await prepareHost(session.host, tools.pack, {
    base,
    deploy,
    release: files.length === 0 ? '' : target.release.id,
    keeperHash: keeper.hash,
    configDir: stack.configDir,
    name,
    files: uploads,
  });
  if (includeChanged) await reloadProxy(session, plan, `${stack.configDir}/${name}.conf`);
  return keeper.hash;
}

/** The include knows the routes of the new release and of the one that serves: the way back must stay open. */
function includeOf(config: Config, stack: Stack, plan: Plan): string {
  const routes = new Map<string, number>();
  for (const { name, port } of [
    ...(stack.live?.release.services ?? []),
    ...plan.target.release.services,
  ]) {
    if (port !== undefined) routes.set(name, port);
  }
  return nginxInclude({
    app: config.app,
    environment: config.environment,
    token: plan.proxy.token,
    containerDir: stack.containerDir,
    routes: [...routes].map(([service, port]) => ({ service, port })),
  });
}

/** A running proxy reads the new include by a reload; one that does not accept it keeps the old one. */
async function reloadProxy(session: Session, plan: Plan, include: string): Promise<void> {
  const proxy = await findProxy(session.engine, plan.proxy);
  if (proxy === null) return;
  const test = await session.engine.exec(proxy.id, ['nginx', '-t']);
  if (test.code === 0) {
    await session.engine.exec(proxy.id, ['nginx', '-s', 'reload']);
    return;
  }
  await restoreInclude(session.host, plan.base, include);
  throw new ShiplockError(`${session.host.name}: nginx does not accept its configuration`, {
    hint: test.stderr.trim().slice(-800),
    fault: 'user',
  });
}
