import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildImage } from './environment';
import { docker, runCommand } from './run-command';

/** The folder of the sample app, with its compose file and shiplock.yml. */
export const sampleFolder = fileURLToPath(new URL('../sample-app', import.meta.url));

/** How a version misbehaves; baked into its images. What each does is told in test/sample-app/README.md. */
export interface Knobs {
  /** The newest Alembic revision the version knows; 1 unless told. */
  schema?: 1 | 2;
  bootSeconds?: number;
  neverHealthy?: boolean;
  failAfter?: number;
  failAfterSwitch?: number;
  crashAfter?: number;
  errorPercent?: number;
  errorAfter?: number;
  slowMs?: number;
  migrationSeconds?: number;
  failMigration?: boolean;
  workerBroken?: boolean;
  frontendBootSeconds?: number;
  frontendNeverHealthy?: boolean;
  frontendCrashAfter?: number;
}

/** The images of one version in the registry of the test environment, as `repository@sha256:…`. */
export interface SampleVersion {
  app: string;
  frontend: string;
}

const registry = '127.0.0.1:5000';
const hashLabel = 'shiplock-sample.hash';
const services = { postgres: '17', redis: '8', nginx: '1.26' };

interface Wanted {
  /** Without the registry: `shiplock-sample/app:v1`. */
  name: string;
  hash: string;
  parent: (parents: Parents) => string;
  environment: Record<string, string>;
}

interface Parents {
  app: Record<1 | 2, string>;
  frontend: string;
  services: Record<keyof typeof services, string>;
}

/**
 * Makes the images of each version and of the shared services and pushes them to the registry of a started environment; what is there
 * already is left alone. Tags are shared by all suites of this machine: give a misbehaving version a name of its own.
 */
export const buildSampleImages = async <Name extends string>(options: {
  versions: Record<Name, Knobs>;
}): Promise<Record<Name, SampleVersion>> => {
  const names = Object.keys(options.versions) as Name[];
  const wanted = wantedImages(options.versions);
  const digests = await digestsOf(wanted);
  const missing = wanted.filter((image) => !digests.has(image.name));
  if (missing.length > 0) {
    const parents = await buildParents();
    for (const image of missing) await buildAndPush(image, parents);
    for (const [name, digest] of await digestsOf(missing)) digests.set(name, digest);
  }
  const reference = (name: string): string => {
    const digest = digests.get(name);
    if (digest === undefined) throw new Error(`${name} was pushed, but the registry has another`);
    return `${registry}/${name.replace(/:.*/, '')}@${digest}`;
  };
  return Object.fromEntries(
    names.map((version) => [
      version,
      {
        app: reference(`shiplock-sample/app:${version}`),
        frontend: reference(`shiplock-sample/frontend:${version}`),
      },
    ]),
  ) as Record<Name, SampleVersion>;
};

const wantedImages = (versions: Record<string, Knobs>): Wanted[] => {
  const content = contentOf(sampleFolder);
  const image = (
    name: string,
    parent: Wanted['parent'],
    environment: Record<string, string> = {},
  ): Wanted => ({
    name: `shiplock-sample/${name}`,
    hash: hashOf(content + JSON.stringify(environment)),
    parent,
    environment,
  });
  return [
    ...Object.entries(services).map(([service, tag]) =>
      image(`${service}:${tag}`, (parents) => parents.services[service as keyof typeof services]),
    ),
    ...Object.entries(versions).flatMap(([version, { schema = 1, ...knobs }]) => {
      const environment = { APP_VERSION: version, ...environmentOf(knobs) };
      return [
        image(`app:${version}`, (parents) => parents.app[schema], {
          ...environment,
          SCHEMA: String(schema),
        }),
        image(`frontend:${version}`, (parents) => parents.frontend, environment),
      ];
    }),
  ];
};

/** `failAfterSwitch: 3` becomes `FAIL_AFTER_SWITCH=3`. */
const environmentOf = (knobs: Knobs): Record<string, string> =>
  Object.fromEntries(
    Object.entries(knobs).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
      String(Number(value)),
    ]),
  );

const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);

const contentOf = (folder: string): string =>
  ['base', 'backend', 'frontend', 'services']
    .flatMap((part) => readdirSync(join(folder, part), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => `${file.slice(folder.length)}\n${readFileSync(file, 'utf8')}`)
    .join('\n');

const buildParents = async (): Promise<Parents> => {
  const build = async (name: string, folder: string, options: string[]): Promise<string> =>
    buildImage(`shiplock-sample-${name}`, join(sampleFolder, folder), options);
  const base = ['--build-arg', `BASE=${await build('base', 'base', [])}`];
  const service = (name: string): Promise<string> =>
    build(name, 'services', [...base, '--target', name]);
  const app = (schema: number): Promise<string> =>
    build('app', 'backend', [...base, '--build-arg', `SCHEMA=${schema}`]);
  return {
    app: { 1: await app(1), 2: await app(2) },
    frontend: await build('frontend', 'frontend', base),
    services: {
      postgres: await service('postgres'),
      redis: await service('redis'),
      nginx: await service('nginx'),
    },
  };
};

const buildAndPush = async (image: Wanted, parents: Parents): Promise<void> => {
  const lines = [
    `FROM ${image.parent(parents)}`,
    `LABEL ${hashLabel}=${image.hash}`,
    ...Object.entries(image.environment).map(([name, value]) => `ENV ${name}=${value}`),
  ];
  const target = `${registry}/${image.name}`;
  await docker(['build', '--quiet', '--tag', target, '-'], { stdin: `${lines.join('\n')}\n` });
  await docker(['push', '--quiet', target], { timeoutMs: 300_000 });
};

/** The digests of those images that stand both here and in the registry as they should be. */
const digestsOf = async (images: Wanted[]): Promise<Map<string, string>> => {
  const found = await localImages(images);
  const checked = await Promise.all(
    images.map(async (image): Promise<[string, string][]> => {
      const local = found.find(({ tags }) => tags.includes(`${registry}/${image.name}`));
      const digest = await registryDigest(image.name);
      const same =
        local?.hash === image.hash && digest !== undefined && local.digests.includes(digest);
      return same ? [[image.name, digest]] : [];
    }),
  );
  return new Map(checked.flat());
};

const localImages = async (images: Wanted[]) => {
  const format = `{{json .RepoTags}}\t{{json .RepoDigests}}\t{{json .Config.Labels}}`;
  const targets = images.map((image) => `${registry}/${image.name}`);
  // Exit code 1 only says that some are not there; those that are, it prints.
  const { stdout } = await runCommand([
    'docker',
    'image',
    'inspect',
    '--format',
    format,
    ...targets,
  ]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [tags, digests, labels] = line.split('\t').map((cell) => JSON.parse(cell) as unknown);
    return {
      tags: tags as string[],
      digests: (digests as string[]).map((reference) => reference.replace(/.*@/, '')),
      hash: (labels as Record<string, string> | null)?.[hashLabel],
    };
  });
};

// What engines push: the first by default, the others with the containerd image store.
const manifestTypes = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

const registryDigest = async (name: string): Promise<string | undefined> => {
  const [repository, tag] = name.split(':');
  const headers = { accept: manifestTypes.join(', ') };
  const url = `http://${registry}/v2/${String(repository)}/manifests/${String(tag)}`;
  const response = await fetch(url, { method: 'HEAD', headers });
  return response.headers.get('docker-content-digest') ?? undefined;
};
