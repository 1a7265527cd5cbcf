import { refusal } from '../../domain/problem';
import { driverOf } from '../../domain/proxy/drivers';
import { proxyCaddyfile } from '../../domain/proxy/managed';
import type { Plan } from '../../domain/records/plan';
import { ShiplockError } from '../../errors';
import { answerOf } from '../../operations/release/confirm-route';
import {
  noteIncludeRead,
  prepareHost,
  restoreInclude,
} from '../../operations/release/prepare-host';
import { runAtProxy, type ProxyAnswer } from '../../operations/release/reach-proxy';
import type { KeeperBundle } from '../../platform/keeper-bundle';
import type { PackedFile } from '../../platform/tar';
import { judgeProxy, stepsFor } from './check-proxy';
import type { HostRun } from './deploy-tools';
import { holdingLease, ownLease } from './hold-lease';
import { includeOf, servicesOf } from './include-of';
import { serveManaged } from './serve-managed';
import type { Preflight } from './preflight';

/**
 * S2: the lease, and with it every file that the release needs on the host. @param files of the release's folder; none
 * when a release is started again whose containers are there. Whatever fails leaves the lease free. @returns the hash that the keeper is filed under
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
  const include = driverOf(run.config.proxy).file(plan);
  const preparation = {
    base: plan.base,
    deploy: plan.deploy,
    release: files.length === 0 ? '' : plan.target.release.id,
    keeperHash: keeper.hash,
    configDir,
    include,
    files: [
      ...leaseFiles(run, before, plan),
      ...proxyFiles(run, before, plan),
      ...keeperFile(before, keeper),
      ...files.map((file) => ({ ...file, path: `release/${file.path}` })),
    ],
  };
  await holdingLease(run, before, plan, async () => {
    const { includeChanged } = await prepareHost(session.host, tools.pack, preparation);
    await serveInclude(run, before, plan, includeChanged);
    tools.signal.throwIfAborted();
  });
  return keeper.hash;
}

/** Sees to it that the proxy serves by its include, if need be by starting the proxy. */
async function serveInclude(
  run: HostRun,
  before: Preflight,
  plan: Plan,
  changed: boolean,
): Promise<void> {
  const { home, configDir } = before.stack;
  if (home.at === 'container') return serveManaged(run, before, plan, changed);
  const include = `${configDir}/${driverOf(run.config.proxy).file(plan)}`;
  if (changed) await reloadProxy(run, before, plan, include);
}

function leaseFiles(run: HostRun, before: Preflight, plan: Plan): PackedFile[] {
  return [
    { path: 'lease.expected', content: before.seen.look.lease ?? '' },
    { path: 'lease.next', content: `${JSON.stringify(ownLease(run, before, plan))}\n` },
    { path: 'plan.json', content: JSON.stringify(plan) },
    { path: 'shared.json', content: JSON.stringify(before.stack.compose) },
  ];
}

/** Where the include lies among the files of the proxy's folder. */
export const includePath = 'proxy/include';

/** The include knows the routes of the new release and of the one that serves: the way back must stay open. */
export function proxyFiles(
  { config }: HostRun,
  { stack }: Preflight,
  { target }: Plan,
): PackedFile[] {
  const request = includeOf(config, stack, servicesOf(target));
  const answers = target.slot === 'adopted' ? [null] : [null, target];
  return [
    { path: includePath, content: driverOf(config.proxy).include(request) },
    ...(stack.home.at === 'container'
      ? [{ path: 'proxy/Caddyfile', content: proxyCaddyfile }]
      : []),
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
async function reloadProxy(
  { session, config }: HostRun,
  { seen, stack }: Preflight,
  plan: Plan,
  include: string,
): Promise<void> {
  const { dump, reload } = driverOf(config.proxy);
  const read = await runAtProxy(session, stack.home, dump);
  if (read !== null) {
    const request = includeOf(config, stack, servicesOf(plan.target));
    const { problems, prepared } = judgeProxy(config, request, read, seen.look.user);
    if (problems.length > 0) {
      await restoreInclude(session.host, plan.base, include);
      const steps = prepared ? undefined : stepsFor(config, stack, request, seen.look.user);
      throw refusal(
        `${session.host.name}, with the new include (the one of before is back)`,
        problems,
        { steps },
      );
    }
    const done = await runAtProxy(session, stack.home, reload);
    if (done !== null && done.code !== 0) throw notReloaded(session.host.name, done);
  }
  await noteIncludeRead(session.host, plan.base);
}

function notReloaded(host: string, { stderr }: ProxyAnswer): ShiplockError {
  return new ShiplockError(`${host}: the proxy did not reload its configuration`, {
    hint: `${stderr.trim().slice(-800)}\nThe next deploy tries it again.`,
    fault: 'remote',
  });
}
