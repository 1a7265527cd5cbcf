import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { buildImage, type Environment } from '../environment';
import { docker } from '../run-command';
import { buildSampleImages, sampleFolder } from '../sample-app';

const folder = fileURLToPath(new URL('../../e2e/deploy/app', import.meta.url));

/** How a version of the dinghy app misbehaves; seconds where it is a number. */
export interface DinghyKnobs {
  readonly neverHealthy?: boolean;
  readonly bootSeconds?: number;
  readonly failAfterSwitch?: number;
  readonly crashAfterSwitch?: number;
  readonly failMigration?: boolean;
  readonly migrationSeconds?: number;
}

/** Images of the dinghy app in the test registry, by version: `repository@sha256:…`. */
export type DinghyImages<Version extends string> = Readonly<Record<Version, string>>;

export const dinghyRepository = '127.0.0.1:5000/shiplock-dinghy/app';

/** What the stack's shared services and its versions are made of: servers that have these pull only what is new in a version. */
export const dinghyLayers = [
  '127.0.0.1:5000/shiplock-sample/nginx:1.26',
  '127.0.0.1:5000/shiplock-sample/redis:8',
  `${dinghyRepository}:base`,
];

/** Builds the versions and pushes each under its name as tag; suites share tags, so a misbehaving version needs a name of its own. */
export async function buildDinghy<Version extends string>(
  environment: Environment,
  versions: Readonly<Record<Version, DinghyKnobs>>,
): Promise<DinghyImages<Version>> {
  await buildSampleImages({ versions: {} });
  const base = await buildImage('shiplock-sample-base', join(sampleFolder, 'base'));
  const app = await buildImage('shiplock-dinghy', folder, ['--build-arg', `BASE=${base}`]);
  await environment.pushImage(app, 'shiplock-dinghy/app:base');
  const images: Partial<Record<Version, string>> = {};
  for (const [version, knobs] of Object.entries(versions) as [Version, DinghyKnobs][]) {
    const lines = [
      `FROM ${app}`,
      `ENV APP_VERSION=${version}`,
      ...Object.entries(knobs).map(([name, value]) => `ENV ${upperCase(name)}=${Number(value)}`),
    ];
    const local = `shiplock-dinghy:${version}`;
    await docker(['build', '--quiet', '--tag', local, '-'], { stdin: `${lines.join('\n')}\n` });
    images[version] = await environment.pushImage(local, `shiplock-dinghy/app:${version}`);
  }
  return images as DinghyImages<Version>;
}

/** `failAfterSwitch` becomes `FAIL_AFTER_SWITCH`. */
function upperCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
