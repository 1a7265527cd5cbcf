import { compareSlots } from '../../domain/compose/compare-slots';
import { formatDuration } from '../../domain/duration';
import { diffLines } from '../../domain/line-diff';
import { markerChange } from '../../domain/proxy/markers';
import type { PlacedRelease, Plan } from '../../domain/records/plan';
import type { ReleasedService } from '../../domain/records/release';
import { whatToPrune } from '../../domain/release/what-to-prune';
import type { ComposeSource } from '../../operations/release/evaluate-compose';
import { hostPath } from '../../operations/release/release-files';
import type { HostPlan, PlanStep } from '../../report/deploy-report';
import type { HostRun } from './deploy-tools';
import type { Draft } from './draft-release';
import { taskLines } from './describe-tasks';
import { askPlanFacts, type PlanFacts } from './plan-facts';
import { missingShared, type Preflight } from './preflight';
import { describeManaged } from './start-managed';
import { includePath, proxyFiles } from './take-lease';

/** Everything that a run was about to do on one host. */
export interface Intended {
  readonly before: Preflight;
  readonly plan: Plan;
  /** null = the target's containers are there. */
  readonly draft: Draft | null;
  /** Compose files of the checkout; null for a rollback. */
  readonly source: ComposeSource | null;
  /** What is backed up first. */
  readonly backups: readonly string[];
}

/** What a run would do on one host, in its order, and what it would change; nothing of it was done. */
export async function describePlan(
  run: HostRun,
  intended: Intended,
): Promise<Omit<HostPlan, 'host'>> {
  const { before, plan, draft, source } = intended;
  const facts = await askPlanFacts(run, before, plan, draft?.slot ?? null, source);
  const include = includeChange(run, before, plan);
  const steps = [
    ...beginning(intended, include),
    ...intended.backups.map((text): Line => ['backup', text]),
    ...making(run, intended, facts),
    ...switching(before, plan),
    ...ending(before, plan),
  ];
  return {
    steps: steps.map(([step, text]) => ({ step, text })),
    changes: [
      { title: `compose of ${plan.target.slot}`, lines: [...composeChange(run, intended, facts)] },
      { title: "the proxy's include", lines: [...include] },
    ].filter(({ lines }) => lines.length > 0),
  };
}

type Line = readonly [step: PlanStep['step'], text: string];

function beginning({ plan, draft }: Intended, include: readonly string[]): Line[] {
  const { target, live, base } = plan;
  const folder = hostPath.release(base, target.release.id);
  const stays = draft === null ? 'its containers are there' : 'its containers are made anew';
  const written = draft === null ? '' : `, \`${folder}/{release,compose,source}.json\``;
  const changed = include.length === 0 ? 'stays as it is' : 'changes';
  return [
    ['live', describeLive(live)],
    ['release', `${target.release.id} goes into ${target.slot}: ${stays}`],
    ['write', `\`${base}\`: lease, plan, journal, shared.json, the keeper${written}`],
    ['write', `\`${plan.proxy.markers}\`: what the slots answer; the include ${changed}`],
  ];
}

const everythingThere: Line = ['pull', 'nothing: every image is on the server'];

function making(run: HostRun, { before, plan, draft }: Intended, facts: PlanFacts): Line[] {
  const { target, live } = plan;
  const { toPull, toMake } = facts;
  const old = (name: string): ReleasedService | undefined =>
    live?.release.services.find((service) => service.name === name);
  const shared = missingShared(before);
  const proxy = describeManaged(run.config, before.seen);
  const tasks = draft?.slot.tasks ?? [];
  return [
    ...target.release.services.map(({ name, image }): Line => {
      const from = old(name)?.image;
      const change = from === image ? 'stays' : from === undefined ? 'new' : `was \`${from}\``;
      return ['image', `${name}: \`${image}\` (${change})`];
    }),
    ...(toPull.length === 0 ? [everythingThere] : []),
    ...toPull.map((image): Line => ['pull', `\`${image}\`, which is not on the server`]),
    ...toMake.networks.map((name): Line => ['make', `network \`${name}\``]),
    ...toMake.volumes.map((name): Line => ['make', `volume \`${name}\`, empty`]),
    ...(proxy === null ? [] : [['start', proxy] as const]),
    ...shared.map((name): Line => ['start', `shared service ${name}, which does not run`]),
    ...(draft?.slot.notes ?? []).map(({ word, text }): Line => [word, text]),
    ...tasks.flatMap((task) => taskLines(run, task)),
    ...target.release.services.map(({ name, replicas, health }): Line => {
      const how = health.kind === 'http' ? `${health.kind} ${health.path}` : health.kind;
      return [
        'start',
        `${target.slot}: ${name} × ${replicas}, healthy by ${how} within ${formatDuration(health.deadlineMs)}`,
      ];
    }),
  ];
}

function switching({ stack }: Preflight, plan: Plan): Line[] {
  const { target, live, proxy } = plan;
  const change = markerChange(stack.markers, target.slot);
  const path = `${proxy.markers}/${change?.file ?? ''}`;
  const marker =
    change === null ? 'no marker changes' : `\`${path}\` is ${change.present ? 'made' : 'removed'}`;
  const from = live === null ? '' : ` from ${live.slot}`;
  return [
    ['switch', `${marker}: requests go${from} to ${target.slot}`],
    ['confirm', `${proxy.confirmations} answers in a row through ${proxy.confirmUrl}`],
    ...plan.verify.map(({ url, successes }): Line => [
      'check',
      `${url}, ${successes} times in a row`,
    ]),
    ['bake', `${formatDuration(plan.bakeMs)}, with the old version still running`],
  ];
}

function ending({ seen }: Preflight, plan: Plan): Line[] {
  const { live, target } = plan;
  const keep = [target.release.id, ...(live === null ? [] : [live.release.id])];
  const ledger = [
    ...seen.facts.ledger.filter(({ id }) => id !== target.release.id),
    target.release,
  ];
  const { releases, images } = whatToPrune(ledger, { keep, retain: plan.retain });
  return [
    ...(live === null ? [] : [stopping(plan, live)]),
    ...releases.map(({ id }): Line => ['prune', `release ${id}: its containers and records`]),
    ...images.map((image): Line => ['prune', `image \`${image}\``]),
    ['way back', wayBack(plan)],
  ];
}

function stopping(plan: Plan, { slot, release }: PlacedRelease): Line {
  const names = release.services.map(({ name, replicas }) => `${name} × ${replicas}`).join(', ');
  if (plan.keepOld === 'running') return ['keep', `${slot} keeps running: ${names}`];
  const wait = `after ${formatDuration(plan.lingerMs)} and once no connection is open, at most ${formatDuration(plan.drainMs)} more`;
  return ['stop', `${slot}: ${names}, ${wait}`];
}

function wayBack({ live, keepOld }: Plan): string {
  if (live === null) return 'none: nothing serves before this release';
  const later =
    keepOld === 'running'
      ? 'after it by a rollback, at once'
      : 'after it by a rollback, which starts its containers again';
  return `${live.release.id} in ${live.slot}: during the bake by the marker alone, ${later}; data is not rolled back`;
}

function composeChange(
  run: HostRun,
  { before, plan, draft }: Intended,
  facts: PlanFacts,
): readonly string[] {
  const { live, target } = plan;
  const document = draft?.slot.document ?? facts.target;
  if (document === null) return [];
  return compareSlots({
    before:
      facts.live === null || live === null ? null : { project: live.project, document: facts.live },
    after: { project: target.project, document },
    evaluated: facts.written === null ? null : before.stack.compose,
    written: facts.written,
    hash: (text) => run.tools.hash(text, before.stack.token),
  });
}

/** The token stays out: who knows it can ask the proxy which release serves. */
function includeChange(run: HostRun, before: Preflight, plan: Plan): readonly string[] {
  const { stack } = before;
  const next =
    proxyFiles(run, before, plan).find(({ path }) => path === includePath)?.content ?? '';
  const lines = (text: string): string[] =>
    text.replaceAll(stack.token, '<token>').trimEnd().split('\n');
  return diffLines(stack.include === null ? [] : lines(stack.include), lines(String(next)));
}

function describeLive(live: Plan['live']): string {
  if (live === null) return 'nothing was released yet';
  const { slot, project, release } = live;
  if (slot !== 'adopted') return `${release.id} in ${slot}`;
  const names = release.services.map(({ name, replicas }) => `${name} × ${replicas}`).join(', ');
  return `${release.id}: what runs under docker compose as ${project} (${names})`;
}
