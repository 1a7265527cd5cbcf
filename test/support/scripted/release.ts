import { printState } from '../../../src/domain/records/state';
import type { Plan, PlacedRelease } from '../../../src/domain/records/plan';
import type { Release, ReleasedService, SlotName } from '../../../src/domain/records/release';
import { handedOver } from '../../../src/domain/release/handed-over';
import { soundNature, type Nature, type ScriptedContainer, type WorldState } from './state';

export const base = '/var/lib/shiplock/shop/production';
const markers = '/srv/shop/nginx/shiplock/shop-production';
const startMs = Date.parse('2026-03-01T12:00:00Z');
const names = { app: 'shop', environment: 'production' };
const pacing = { intervalMs: 50, timeoutMs: 1000, successes: 2, deadlineMs: 2000 };

const services: ReleasedService[] = [
  {
    name: 'web',
    image: '',
    replicas: 2,
    port: 8000,
    health: {
      kind: 'http',
      port: 8000,
      path: '/up',
      status: 200,
      json: { status: 'healthy' },
      ...pacing,
    },
    stopGraceMs: 10_000,
    restart: { Name: 'always' },
  },
  {
    name: 'worker',
    image: '',
    replicas: 1,
    health: { kind: 'command', command: 'ping', ...pacing },
    stopGraceMs: 60_000,
    restart: { Name: 'always' },
  },
];

/** A release on record. */
export function releaseOf(seq: number, slot: SlotName, changes: Partial<Release> = {}): Release {
  return {
    schema: 1,
    id: `${seq}-v${seq}`,
    seq,
    version: `v${seq}`,
    deploy: `d${seq}`,
    slot,
    standing: 'good',
    services: services.map((service) => ({
      ...service,
      image: `registry.example.com/shop/${service.name}@sha256:${String(seq).repeat(64)}`,
    })),
    configHash: 'c',
    schemaVersion: { before: null, after: null },
    backups: [],
    createdAt: '2026-03-01T11:00:00.000Z',
    reason: null,
    ...changes,
  };
}

export function placed(release: Release): PlacedRelease {
  return { slot: release.slot, project: `shop-production-${release.slot}`, release };
}

const live = placed(releaseOf(3, 'blue'));

/** What ran before the first release, under plain Compose. */
export const adopted: PlacedRelease = {
  slot: 'adopted',
  project: 'shop',
  release: releaseOf(1, 'adopted', { id: '1-adopted', version: 'adopted', deploy: 'adopted' }),
};

/** A deploy of 4-v4 into green while 3-v3 serves from blue; short waits, for time is scripted. */
export function planOf(changes: Partial<Plan> = {}): Plan {
  return {
    schema: 1,
    kind: 'deploy',
    deploy: 'd4',
    epoch: 7,
    ...names,
    base,
    project: 'shop',
    run: 'https://github.com/shop/shop/actions/runs/1',
    actor: 'ada',
    target: placed(releaseOf(4, 'green', { standing: 'pending' })),
    startTarget: false,
    live,
    proxy: {
      kind: 'nginx',
      home: { at: 'service', project: 'shop', service: 'nginx' },
      markers,
      token: 'feedfacefeedface',
      confirmUrl: 'http://shop.example.com/',
      confirmations: 3,
      forgetMs: 3000,
      keepsConnections: false,
    },
    verify: [
      {
        url: 'http://shop.example.com/up',
        status: 200,
        json: { status: 'healthy' },
        intervalMs: 50,
        timeoutMs: 1000,
        successes: 2,
        failures: 2,
        deadlineMs: 3000,
      },
    ],
    bakeMs: 600,
    drainMs: 500,
    lingerMs: 800,
    keepOld: 'stopped',
    retain: 1,
    silenceMs: 20_000,
    owner: { uid: 1000, gid: 1000 },
    ...changes,
  };
}

/** The first release of all: nothing serves before it. */
export function firstPlan(changes: Partial<Plan> = {}): Plan {
  const first = releaseOf(1, 'blue', { standing: 'pending', deploy: 'd4' });
  return planOf({ live: null, target: placed(first), ...changes });
}

/** The first release of all, on a server where the stack runs under plain Compose already. */
export function adoptionPlan(changes: Partial<Plan> = {}): Plan {
  const first = releaseOf(2, 'blue', { standing: 'pending', deploy: 'd4' });
  return planOf({ live: adopted, target: placed(first), ...changes });
}

/** Back to what ran before the first release, from 3-v3. */
export function backToAdoptedPlan(changes: Partial<Plan> = {}): Plan {
  return planOf({ kind: 'rollback', startTarget: true, target: adopted, ...changes });
}

/** Back to 2-v2, whose stopped containers are still in green. */
export function parkedPlan(changes: Partial<Plan> = {}): Plan {
  return planOf({
    kind: 'rollback',
    startTarget: true,
    target: placed(releaseOf(2, 'green')),
    ...changes,
  });
}

/** Back to 2-v2, whose web was kept running in green and whose workers were stopped. */
export function warmPlan(changes: Partial<Plan> = {}): Plan {
  return parkedPlan({ keepOld: 'running', ...changes });
}

/** The same with a scheduler in both releases, of which two must never run. */
export function withBeat(plan: Plan): Plan {
  const more = ({ release, ...where }: PlacedRelease): PlacedRelease => ({
    ...where,
    release: { ...release, services: [...release.services, beatOf(release)] },
  });
  return { ...plan, target: more(plan.target), live: plan.live === null ? null : more(plan.live) };
}

function beatOf({ seq }: Release): ReleasedService {
  return {
    name: 'beat',
    image: `registry.example.com/shop/beat@sha256:${String(seq).repeat(64)}`,
    replicas: 1,
    health: { kind: 'default', settleMs: 150, ...pacing },
    stopGraceMs: 5000,
    restart: { Name: 'always' },
    overlap: false,
  };
}

/** How the apps in the two slots behave, and the new scheduler where that differs. */
export interface Natures {
  readonly target?: Partial<Nature>;
  readonly live?: Partial<Nature>;
  readonly beat?: Partial<Nature>;
}

/** The server when the runner has started the new slot (or, of a parked one, only the keeper), and has not said go. */
export function worldBefore(plan: Plan, natures: Natures = {}): WorldState {
  const { target } = plan;
  const released = hasReleased(plan);
  const ledger = [1, 2, 3].map((seq) => releaseOf(seq, seq === 2 ? 'green' : 'blue'));
  const known = released ? [...ledger, target.release] : [target.release];
  const pulled = plan.live === null ? known : [...known, plan.live.release];
  const slots = [
    ...(plan.live === null ? [] : containersOf(plan.live, 'running', natures.live)),
    ...targetOf(plan, natures),
  ];
  const containers = [...slots, ...bystanders()].map((one, index) => ({
    ...one,
    id: `c${index + 1}`,
    address: `172.18.0.${index + 10}`,
  }));
  return {
    nowMs: startMs,
    containers,
    files: filesOf(plan, known),
    modes: {},
    images: [...new Set(pulled.flatMap((one) => one.services.map(({ image }) => image)))],
    markers,
    switchedAt: startMs - 3_600_000,
    wrongs: [],
  };
}

/** Whether a release of ours serves already. */
function hasReleased({ live: before }: Plan): boolean {
  return before !== null && before.slot !== 'adopted';
}

/** The new slot as its keeper finds it: a service that must not run twice was made and not started. */
function targetOf(plan: Plan, natures: Natures): ScriptedContainer[] {
  const { target, startTarget } = plan;
  const late = handedOver(plan);
  const containers = containersOf(target, 'exited', natures.target).map((one) => {
    const service = one.labels['shiplock.service'] ?? '';
    const nature = service === 'beat' ? { ...one.nature, ...natures.beat } : one.nature;
    if (!startTarget)
      return {
        ...one,
        nature,
        state: late.has(service) ? ('created' as const) : ('running' as const),
      };
    return plan.keepOld === 'running' && service === 'web'
      ? { ...one, nature, state: 'running' as const, policy: 'always' }
      : { ...one, nature };
  });
  return startTarget ? containers : [...containers, taskOf(target)];
}

function filesOf(plan: Plan, known: readonly Release[]): Record<string, string> {
  const { deploy, epoch, target } = plan;
  const holder = { deploy, run: plan.run, actor: plan.actor, attempt: 1 };
  const lease = { schema: 1, epoch, holder, heartbeat: startMs / 1000 };
  const records = known.map((one) => [
    `${base}/releases/${one.id}/release.json`,
    JSON.stringify(one),
  ]);
  const answers = [
    ...(plan.live === null ? [] : [[plan.live.slot, plan.live.release.id]]),
    [target.slot, target.release.id],
    ['adopted', null],
  ].map(([slot, release]) => [
    `${markers}/${String(slot)}.json`,
    JSON.stringify({ slot, release }),
  ]);
  const before = {
    [`${base}/state.json`]: printState({
      schema: 1,
      ...names,
      live: { release: live.release.id, slot: live.slot },
      previous: { release: '2-v2', slot: 'green' },
      deploy: 'd3',
      updatedAt: '2026-03-01T11:00:00.000Z',
    }),
    [`${markers}/managed`]: '',
  };
  return {
    ...(Object.fromEntries([...records, ...answers]) as Record<string, string>),
    ...(hasReleased(plan) ? before : {}),
    [`${base}/lease`]: JSON.stringify(lease),
    [`${base}/journal/d1.jsonl`]: '',
    '/var/lib/shiplock/shop/staging/state.json': 'of another environment',
  };
}

function containersOf(
  { slot, project, release }: PlacedRelease,
  state: ScriptedContainer['state'],
  nature: Partial<Nature> = {},
): ScriptedContainer[] {
  return release.services.flatMap((service) =>
    Array.from({ length: service.replicas }, (_, index) => ({
      ...(slot === 'adopted'
        ? container(`${project}-${service.name}-${index + 1}`, compose(project, service.name))
        : container(`${project}-${project}-${service.name}-${index + 1}`, {
            'shiplock.app': 'shop',
            'shiplock.environment': 'production',
            'shiplock.slot': slot,
            'shiplock.service': service.name,
            'shiplock.release': release.id,
            'shiplock.deploy': release.deploy,
            'shiplock.role': 'service',
          })),
      image: service.image,
      state,
      policy: state === 'running' ? service.restart.Name : 'no',
      nature: { ...soundNature, ...nature },
    })),
  );
}

/** The migration's container, which has ended. */
function taskOf({ project, release, slot }: PlacedRelease): ScriptedContainer {
  const labels = {
    'shiplock.app': 'shop',
    'shiplock.environment': 'production',
    'shiplock.slot': slot,
    'shiplock.release': release.id,
    'shiplock.deploy': release.deploy,
    'shiplock.role': 'task',
    'shiplock.task': 'migrate',
  };
  return { ...container(`${project}-migrate-1`, labels), state: 'exited', policy: 'no' };
}

/** What Compose puts on the containers of the team's own stack. */
function compose(project: string, service: string): Record<string, string> {
  return {
    'com.docker.compose.project': project,
    'com.docker.compose.service': service,
    'com.docker.compose.oneoff': 'False',
  };
}

/** The proxy, and what is none of this deploy's business. */
function bystanders(): ScriptedContainer[] {
  const staging = { 'shiplock.app': 'shop', 'shiplock.environment': 'staging' };
  return [
    {
      ...container('shop-nginx-1', compose('shop', 'nginx')),
      ports: { '80/tcp': [{ hostIp: '0.0.0.0', hostPort: 80 }] },
    },
    container('shop-postgres-1', compose('shop', 'postgres')),
    { ...container('blog-web-1', compose('blog', 'web')), state: 'exited' },
    container('staging-web-1', { ...staging, 'shiplock.release': '1-v1', 'shiplock.slot': 'blue' }),
    {
      ...container('staging-old-1', { ...staging, 'shiplock.release': '0-v0' }),
      state: 'exited',
      policy: 'no',
    },
  ];
}

function container(name: string, labels: Record<string, string>): ScriptedContainer {
  return {
    id: '',
    name,
    labels,
    image: 'other@sha256:0',
    address: '',
    ports: {},
    nature: soundNature,
    state: 'running',
    exitCode: 0,
    startedAt: startMs - 60_000,
    endsAt: null,
    restartCount: 0,
    policy: 'always',
  };
}
