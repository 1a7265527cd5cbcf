import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { snapshot } from '../../support/release/facts';
import { openSite, stackFolder, type Site } from '../../support/release/site';
import type { RunResult } from '../../support/runner/runner';

// A plan must be worth reading, hold no secret, and leave the server as it was.

let site: Site<'v1' | 'v2'>;

const fromEnvFile = 'canary-of-the-servers-env-file';
const fromInput = (version: string): string => `canary-of-the-input-for-${version}`;

beforeAll(async () => {
  site = await openSite({ name: 'dry', versions: { v1: {}, v2: {} } });
  await site.server.writeFile(`${stackFolder}/.env`, `PASS=${fromEnvFile}\n`);
  const compose = join(site.workspace, 'docker-compose.yml');
  const text = await readFile(compose, 'utf8');
  const more =
    '\n    labels: { pass: "${PASS}", team: "ahoy" }\n    container_name: dinghy-web\n  worker:';
  await writeFile(compose, text.replace(/\n {2}worker:/, more));
}, 600_000);

afterAll(() => site.close());

const secrets = [fromEnvFile, fromInput('v1'), fromInput('v2')];

/** Runs dry, twice: what it says, once it is sure that the server is what it was, and that no secret was told. */
async function planned(start: () => Promise<RunResult>): Promise<RunResult> {
  const before = await snapshot(site.server);
  const result = await start();
  expect(await snapshot(site.server)).toBe(before);
  expect(result).toMatchObject({ exitCode: 0, conclusion: 'success', postExitCode: 0 });
  expect(result.outputs['verdict']).toBeUndefined();
  expect(result.summary).toMatch(/A dry run: nothing was changed/);
  return result;
}

const deploy = (version: 'v1' | 'v2', dry: boolean): Promise<RunResult> => {
  const inputs = { env: `TOKEN=${fromInput(version)}`, 'dry-run': String(dry) };
  return site.deploy(version, inputs, { secrets });
};

/** The summary as its reader sees it. */
const rendered = (summary: string): string =>
  summary
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/[`\u200b]|<\/?code>/g, '');

function told({ log, summary }: RunResult, ...parts: readonly RegExp[]): void {
  for (const part of parts) {
    expect(log).toMatch(part);
    expect(rendered(summary)).toMatch(part);
  }
}

describe('a dry run', () => {
  test('of a first deploy tells everything that would be made', async () => {
    const result = await planned(() => deploy('v1', true));
    told(
      result,
      /nothing was released yet/,
      /1-v1 goes into blue/,
      /web: .*\/app@sha256:\w{64} \(new\)/,
      /network 0-dinghy-production-blue/,
      /network dinghy_default/,
      /shared service store/,
      /blue: web × 1, healthy by http \/healthz within 20/,
      /dinghy-production\/managed is made: requests go to blue/,
      /dropped[ |]+container_name \(web\)/,
      /\+ services\.web\.labels\.pass: \(keyed hash \w{12}\)/,
      /\+ services\.web\.labels\.team: "ahoy"/,
      /\+ services\.web\.environment\.TOKEN: \(keyed hash/,
      /\+ if \(-f .*\/green\)/,
    );
  });

  test('of a second deploy tells what differs from the live release, and the way back', async () => {
    await deploy('v1', false);
    expect(await site.serving()).toBe('v1');
    const result = await planned(() => deploy('v2', true));
    told(
      result,
      /1-v1 in blue/,
      /2-v2 goes into green/,
      /was .*@sha256:\w{64}\)/,
      /app@sha256:\w{64}, which is not on the server/,
      /dinghy-production\/green is made: requests go from blue to green/,
      /stop .*blue: web × 1, worker × 1/,
      /1-v1 in blue: during the bake by the marker alone/,
      /- services\.web\.image: ".*@sha256/,
      /\+ services\.web\.image: ".*@sha256/,
      /- services\.web\.environment\.TOKEN: \(keyed hash/,
      /\+ services\.web\.environment\.TOKEN: \(keyed hash/,
    );
    expect(result.log).not.toMatch(/labels\.(pass|team)/);
  });

  test('of a rollback tells that the containers are there', async () => {
    await deploy('v2', false);
    const result = await planned(() => site.rollback({ 'dry-run': 'true' }, { secrets }));
    told(
      result,
      /1-v1 goes into blue: its containers are there/,
      /nothing: every image is on the server/,
      /dinghy-production\/green is removed: requests go from green to blue/,
      /- services\.worker\.image: /,
    );
  });

  test('warns of a Compose that is older than those it was tried with', async () => {
    // A stand-in: the real plugin, which only says another version. Old ones cannot be had here.
    const plugin = '/usr/libexec/docker/cli-plugins/docker-compose';
    const script = `#!/bin/sh\ncase " $* " in *" version "*) echo 2.21.0 ;; *) exec ${plugin}.real "$@" ;; esac\n`;
    await site.server.exec(['mv', plugin, `${plugin}.real`]);
    await site.server.writeFile(plugin, script, '755');
    const result = await planned(() => deploy('v2', true));
    await site.server.exec(['mv', `${plugin}.real`, plugin]);
    told(
      result,
      /Docker Compose 2\.21\.0 on the server is older than 2\.26/,
      /it does not know env_file with required: false \(2\.24\), content of configs/,
    );
  });
});
