import { evaluateScript } from '../../../src/commands/evaluate';
import { lookScript } from '../../../src/commands/look';
import {
  freeLeaseScript,
  includeReadScript,
  prepareExit,
  prepareScript,
  restoreIncludeScript,
} from '../../../src/commands/prepare';
import { measureScript } from '../../../src/commands/measure';
import type { Host } from '../../../src/platform/host';
import type { PackFiles } from '../../../src/platform/tar';
import { answerBackup, holdBackups, type BackupSetting } from './backups';
import { soundNature, type Nature, type ScriptedContainer, type WorldState } from './state';
import type { ScriptedProcess, ScriptedWorld } from './world';

/** What differs from host to host besides its world. */
export interface HostSetting {
  /** What Compose makes of the checkout's files; null = it refuses them. */
  document: Readonly<Record<string, unknown>> | null;
  /** What Compose prints in its place. */
  printed?: string;
  /** Answers of the look that are laid over the ordinary ones; null takes one away. */
  look: Readonly<Record<string, string | null>>;
  /** Free room for images. */
  freeKib: number;
  readonly backups: BackupSetting;
  /** How the app of a version behaves. */
  readonly natures: Record<string, Partial<Nature>>;
}

export const base = '/var/lib/shiplock/shop/production';
export const configDir = '/srv/shop/nginx/shiplock';

/** A stand-in for tar: what is packed is JSON, which the stand-ins of the scripts read. */
export const packJson: PackFiles = (files) =>
  Promise.resolve(
    Buffer.from(
      JSON.stringify(Object.fromEntries(files.map((one) => [one.path, String(one.content)]))),
    ),
  );

type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };
const good = (stdout = ''): Answer => ({ code: 0, stdout, stderr: '' });
const bad = (code: number, stderr = ''): Answer => ({ code, stdout: '', stderr });

/** A stand-in for a server's shell: each of our scripts, known by its text, does to the world what the real one would do. */
export function scriptedHost(
  world: ScriptedWorld,
  { enter }: Pick<ScriptedProcess, 'enter'>,
  setting: HostSetting,
): Host {
  const host = {
    name: 'deploy@shop.example.com',
    roundTrips: 0,
    openStream: (argv: readonly string[]) => Promise.resolve(holdBackups(argv)),
    close: () => Promise.resolve(),
    exec: async (argv: readonly string[], { stdin }: { stdin?: unknown } = {}): Promise<Answer> => {
      host.roundTrips += 1;
      const text = argv[0] === 'sh' ? (argv[2] ?? '') : '';
      await enter(`exec ${nameOf(text) ?? argv.join(' ')}`, true);
      if (text === lookScript) return good(look(world, setting));
      if (text === measureScript)
        return good(section('room', `${setting.freeKib} - /var/lib/docker`));
      if (text === evaluateScript) return good(evaluate(world, setting, argv));
      if (text === freeLeaseScript) return freeLease(world, argv);
      if (text === prepareScript) return prepare(world, argv, String(stdin));
      if (text === restoreIncludeScript || text === includeReadScript) return good();
      if (argv[0] === 'cat') return cat(world.state, argv[1] ?? '');
      if (argv.includes('version')) return good('2.26.1\n');
      if (argv.includes('create')) return create(world, setting, argv);
      if (argv.includes('up')) return up(world, argv);
      const answer = await answerBackup(world, setting.backups, argv, String(stdin));
      if (answer !== null) return good(answer);
      throw new Error(`the scripted host does not know ${argv.join(' ')}`);
    },
  };
  return host;
}

function nameOf(text: string): string | undefined {
  const names = new Map([
    [lookScript, 'look'],
    [evaluateScript, 'evaluate'],
    [measureScript, 'measure'],
    [prepareScript, 'prepare'],
    [freeLeaseScript, 'free lease'],
    [restoreIncludeScript, 'restore include'],
    [includeReadScript, 'note include'],
  ]);
  return names.get(text);
}

const section = (name: string, value: string): string =>
  `${name}\t${Buffer.from(value).toString('base64')}\n`;

function look({ state, clock }: ScriptedWorld, setting: HostSetting): string {
  const { files } = state;
  const under = (folder: string): [string, string][] =>
    Object.entries(files).filter(([path]) => path.startsWith(`${base}/${folder}`));
  const journals = under('journal/').filter(([path]) => path.endsWith('.jsonl'));
  const known = Object.keys(files).some((path) => path.startsWith(`${base}/`));
  const answers: Record<string, string | null | undefined> = {
    user: 'deploy',
    uid: '1000',
    gid: '1000',
    clock: String(Math.floor(clock.now() / 1000)),
    'socket-gid': '998',
    base: known ? base : null,
    writable: base,
    state: files[`${base}/state.json`],
    lease: files[`${base}/lease`],
    journal: journals.sort(([one], [other]) => one.localeCompare(other)).at(-1)?.[1],
    ...setting.look,
  };
  const records = under('releases/').filter(([path]) => path.endsWith('/release.json'));
  return [
    ...Object.entries(answers).map(([name, value]) => (value == null ? '' : section(name, value))),
    ...records.map(([path, text]) => section('release', `${path.slice(base.length + 1)}\n${text}`)),
    ...under('keeper/').map(([path]) => section('keeper', path.split('/').at(-1) ?? '')),
  ].join('');
}

function evaluate({ state }: ScriptedWorld, setting: HostSetting, argv: readonly string[]): string {
  const { files, markers } = state;
  const recorded = argv.some((word) => word.includes('shared.json'));
  const shared = files[`${base}/shared.json`];
  const printed = setting.printed ?? (setting.document && JSON.stringify(setting.document));
  const document = recorded ? shared : printed;
  const include = files[`${configDir}/shop-production.conf`];
  return [
    section('config-writable', 'yes'),
    section('directory', 'yes'),
    recorded ? '' : section('version', '2.26.1'),
    include === undefined ? '' : section('include', include),
    files[`${markers}/managed`] === undefined ? '' : section('managed', 'yes'),
    files[`${markers}/green`] === undefined ? '' : section('green', 'yes'),
    document == null ? section('said', 'yaml: line 3') : section('document', document),
  ].join('');
}

function prepare(world: ScriptedWorld, argv: readonly string[], stdin: string): Answer {
  const [, deploy = '', release = '', keeper = '', config = '', file = ''] = argv.slice(4);
  const sent = JSON.parse(stdin) as Record<string, string>;
  const { files } = world.state;
  if ((files[`${base}/lease`] ?? '') !== sent['lease.expected']) return bad(prepareExit.leaseMoved);
  const include = `${config}/${file}`;
  const changed = files[include] !== sent['proxy/include'];
  const places: readonly (readonly [string, string])[] = [
    ['lease.next', `${base}/lease`],
    ['plan.json', `${base}/journal/${deploy}.plan.json`],
    ['shared.json', `${base}/shared.json`],
    ['keeper.mjs', `${base}/keeper/${keeper}.mjs`],
    ['proxy/include', include],
    ['proxy/markers/', `${config}/${file.replace(/\.\w+$/, '')}/`],
    ['release/', `${base}/releases/${release}/`],
  ];
  for (const [path, text] of Object.entries(sent)) {
    const place = places.find(([from]) => path.startsWith(from));
    if (place !== undefined) files[path.replace(place[0], place[1])] = text;
  }
  world.changed('prepare');
  return good(changed ? 'include-changed\n' : '');
}

function freeLease({ state: { files } }: ScriptedWorld, argv: readonly string[]): Answer {
  const [, written = '', free = ''] = argv.slice(4);
  if (files[`${base}/lease`] === `${written}\n`) files[`${base}/lease`] = `${free}\n`;
  return good();
}

function cat({ files }: WorldState, path: string): Answer {
  const text = files[path];
  return text === undefined ? bad(1, `cat: ${path}: No such file or directory`) : good(text);
}

interface ComposeService {
  readonly labels?: Readonly<Record<string, string>>;
  readonly image: string;
  readonly deploy?: { readonly replicas?: number };
}

/** `docker compose -p PROJECT -f FILE create … SERVICES`. */
function create(world: ScriptedWorld, { natures }: HostSetting, argv: readonly string[]): Answer {
  const project = argv[argv.indexOf('-p') + 1] ?? '';
  const text = world.state.files[argv[argv.indexOf('-f') + 1] ?? ''];
  if (text === undefined) return bad(14, 'no such file');
  const { services } = JSON.parse(text) as { services: Record<string, ComposeService> };
  for (const name of argv.slice(argv.indexOf('never') + 1)) {
    const service = services[name];
    if (service === undefined) return bad(1, `no such service: ${name}`);
    const { labels = {}, image, deploy } = service;
    const version = (labels['shiplock.release'] ?? '').replace(/^\d+-/, '');
    const task = labels['shiplock.task'];
    const nature = { ...soundNature, ...natures[task ?? version] };
    for (
      let number = 1;
      number <= (task === undefined ? (deploy?.replicas ?? 1) : 1);
      number += 1
    ) {
      add(world, { name: `${project}-${name}-${number}`, labels, image, nature });
    }
  }
  world.changed('compose create');
  return good();
}

/** `docker compose -p PROJECT … up … SERVICES`, for services that do not run yet. */
function up(world: ScriptedWorld, argv: readonly string[]): Answer {
  const project = argv[argv.indexOf('-p') + 1] ?? '';
  for (const service of argv.slice(argv.indexOf('--no-build') + 1)) {
    const labels = { 'com.docker.compose.project': project, 'com.docker.compose.service': service };
    const one = add(world, { name: `${project}-${service}-1`, labels, image: service });
    one.state = 'running';
  }
  world.changed('compose up');
  return good();
}

/** Adds a container that was created and not started. */
export function add(
  world: ScriptedWorld,
  made: Pick<ScriptedContainer, 'name' | 'labels' | 'image'> & Partial<ScriptedContainer>,
): ScriptedContainer {
  const { containers } = world.state;
  const number = Math.max(0, ...containers.map(({ id }) => Number(id.slice(1)))) + 1;
  const container: ScriptedContainer = {
    id: `c${number}`,
    address: `172.18.0.${number + 10}`,
    ports: {},
    nature: soundNature,
    state: 'created',
    exitCode: 0,
    startedAt: 0,
    endsAt: null,
    restartCount: 0,
    policy: 'no',
    ...made,
  };
  containers.push(container);
  return container;
}
