import { nginxInclude } from '../domain/proxy/nginx-include';
import type { Plan } from '../domain/records/plan';
import { nextLease } from '../domain/release/judge-lease';
import { ShiplockError } from '../errors';
import { answerOf, findProxy } from '../operations/confirm-route';
import { prepareHost, restoreInclude } from '../operations/prepare-host';
import type { KeeperBundle } from '../platform/keeper-bundle';
import type { PackedFile } from '../platform/tar';
import type { HostRun } from './deploy-tools';
import type { Preflight } from './preflight';
import type { Stack } from './read-stack';

/**
 * S2: the lease, and with it every file that the release needs on the host. @param files of the release's folder; none
 * when a release is started again whose containers are there. @returns the hash that the keeper is filed under
 */
export async function takeLease(
  run: HostRun,
  before: Preflight,
  plan: Plan,
  files: readonly PackedFile[],
): Promise<string> {
  const { session, tools } = run;
  const { configDir } = before.stack;
  const keeper = await tools.readKeeper();
  const name = `${plan.app}-${plan.environment}`;
  const { includeChanged } = await prepareHost(session.host, tools.pack, {
    base: plan.base,
    deploy: plan.deploy,
    release: files.length === 0 ? '' : plan.target.release.id,
    keeperHash: keeper.hash,
    configDir,
    name,
    files: [
      ...leaseFiles(run, before, plan),
      ...proxyFiles(before.stack, plan),
      ...keeperFile(before, keeper),
      ...files.map((file) => ({ ...file, path: `release/${file.path}` })),
    ],
  });
  if (includeChanged) await reloadProxy(run, plan, `${configDir}/${name}.conf`);
  return keeper.hash;
}

function leaseFiles({ facts }: HostRun, { seen, stack }: Preflight, plan: Plan): PackedFile[] {
  const { deploy } = plan;
  const holder = { deploy, run: facts.url, actor: facts.actor, attempt: facts.attempt };
  const next = nextLease(seen.facts.lease, holder, seen.look.clock);
  return [
    { path: 'lease.expected', content: seen.look.lease ?? '' },
    { path: 'lease.next', content: `${JSON.stringify(next)}\n` },
    { path: 'plan.json', content: JSON.stringify(plan) },
    { path: 'shared.json', content: JSON.stringify(stack.compose) },
  ];
}

/** The include knows the routes of the new release and of the one that serves: the way back must stay open. */
function proxyFiles({ live, containerDir }: Stack, plan: Plan): PackedFile[] {
  const { app, environment, proxy, target } = plan;
  const services = [...(live?.release.services ?? []), ...target.release.services];
  const ports = new Map(
    services.flatMap(({ name, port }) => (port === undefined ? [] : [[name, port] as const])),
  );
  const routes = [...ports].map(([service, port]) => ({ service, port }));
  const answers = target.slot === 'adopted' ? [null] : [null, target];
  return [
    {
      path: 'proxy/include',
      content: nginxInclude({ app, environment, token: proxy.token, containerDir, routes }),
    },
    ...answers.map(answerOf).map((answer) => ({
      path: `proxy/markers/${answer.slot}.json`,
      content: JSON.stringify(answer),
    })),
  ];
}

function keeperFile({ seen }: Preflight, { hash, text }: KeeperBundle): PackedFile[] {
  return seen.look.keepers.includes(`${hash}.mjs`) ? [] : [{ path: 'keeper.mjs', content: text }];
}

/** A running proxy reads the new include by a reload; one that does not accept it keeps the old one. */
async function reloadProxy({ session }: HostRun, plan: Plan, include: string): Promise<void> {
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
