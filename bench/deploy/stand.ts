import { mkdtempSync, readFileSync, copyFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectSsh } from '../../src/platform/ssh/ssh-host';
import { deployReport } from '../../src/report/deploy-report';
import { buildImage, type Environment } from '../../test/support/environment';
import { loginInputs } from '../../test/support/login-inputs';
import { runAction } from '../../test/support/runner/runner';
import { buildSampleImages } from '../../test/support/sample-app';
import type { Server } from '../../test/support/server';
import type { TimedLine, TimedRun } from './timeline';

const folder = fileURLToPath(new URL('.', import.meta.url));
const actions = fileURLToPath(new URL('../../actions/', import.meta.url));

/** The server that is measured on: the same stack twice, once released by us, once by Compose alone. */
export interface Stand {
  /** One run of an action, as GitHub starts it; throws when it ends with another verdict. */
  run(action: 'deploy' | 'rollback', verdict: string, inputs: Inputs): Promise<TimedRun>;
  /** From here on the server notes what each SSH session runs, which takes it some milliseconds a time. */
  startNoting(): Promise<void>;
  /** What was noted since then. */
  noted(): Promise<Sessions>;
  /** Recreates the service of the other stack with an image that is there; milliseconds with SSH. */
  composeUp(image: string): Promise<number>;
  stop(): Promise<void>;
}

type Inputs = Readonly<Record<string, string>>;

/** SSH sessions: commands and uploads, and channels to the engine's API. */
export interface Sessions {
  readonly commands: number;
  readonly api: number;
}

/** Builds and pushes one image a version; `failAfterMs` makes it turn bad so long after its first visitor. */
export async function pushApp(
  environment: Environment,
  version: string,
  failAfterMs = Infinity,
): Promise<string> {
  const image = await buildImage('shiplock-bench-app', join(folder, 'app'), [
    ...['--build-arg', `BASE=${environment.keeperImage}`, '--build-arg', `VERSION=${version}`],
    ...['--build-arg', `FAIL_AFTER_MS=${failAfterMs}`],
  ]);
  return environment.pushImage(image, `shiplock-bench/app:${version}`);
}

/** Starts a server that has nginx, the keeper's image and the app's first version. */
export async function startStand(environment: Environment, first: string): Promise<Stand> {
  // The proxy's image is the sample app's.
  await buildSampleImages({ versions: {} });
  const nginx = `${environment.parts.registry}/shiplock-sample/nginx:1.26`;
  const server = await environment.startServer({
    name: 'bench',
    images: [environment.keeperImage, nginx],
  });
  const compose = readFileSync(join(folder, 'stack/docker-compose.yml'), 'utf8');
  await server.copyFolder(join(folder, 'stack/nginx'), '/srv/bench/nginx');
  await server.exec(['install', '-d', '-o', 'deploy', '/srv/bench/nginx/shiplock']);
  await startPlain(server, compose, first);
  const workspace = mkdtempSync(join(tmpdir(), 'shiplock-bench-'));
  for (const name of ['docker-compose.yml', 'shiplock.yml'])
    copyFileSync(join(folder, 'stack', name), join(workspace, name));
  const login = await loginInputs(environment, server);
  return {
    run: (action, verdict, inputs) => timedRun(action, verdict, workspace, { ...login, ...inputs }),
    startNoting: () => startNoting(server),
    noted: () => noted(server),
    composeUp: (image) => composeUp(server, image),
    stop: async () => {
      rmSync(workspace, { recursive: true, force: true });
      await environment.stop();
    },
  };
}

async function timedRun(
  action: string,
  verdict: string,
  workspace: string,
  inputs: Inputs,
): Promise<TimedRun> {
  const lines: TimedLine[] = [];
  const startedAt = epochNow();
  const { outputs, durationMs, log } = await runAction({
    action: `${actions}${action}`,
    workspace,
    inputs,
    onLine: (line) => lines.push({ at: epochNow(), line }),
  }).done;
  if (outputs['verdict'] !== verdict)
    throw new Error(
      `${action} ended as ${outputs['verdict'] ?? 'nothing'}, not ${verdict}:\n${log}`,
    );
  const report = deployReport.parse(JSON.parse(outputs['report'] ?? ''));
  // The harness's own time after the process is not the action's.
  return { startedAt, endedAt: startedAt + durationMs, lines, report };
}

function epochNow(): number {
  return performance.timeOrigin + performance.now();
}

const notes = '/var/log/sessions';

// sshd hands every command to the login shell.
const notingShell = `#!/bin/sh
case $2 in *dial-stdio*) echo api ;; *) echo command ;; esac >> ${notes}
exec /bin/bash "$@"
`;

async function startNoting(server: Server): Promise<void> {
  await server.writeFile('/usr/local/bin/noting-shell', notingShell, '755');
  await server.writeFile(notes, '', '666');
  await server.exec(['usermod', '--shell', '/usr/local/bin/noting-shell', 'deploy']);
}

async function noted(server: Server): Promise<Sessions> {
  const lines = (await server.exec(['cat', notes])).stdout.split('\n');
  const count = (kind: string): number => lines.filter((line) => line === kind).length;
  return { commands: count('command'), api: count('api') };
}

const plainConf = `server {
  listen 80;
  location / { proxy_pass http://web:8000; }
}
`;

async function startPlain(server: Server, compose: string, image: string): Promise<void> {
  await server.writeFile('/srv/plain/docker-compose.yml', compose);
  await server.writeFile('/srv/plain/nginx/conf.d/plain.conf', plainConf);
  await server.writeFile('/srv/plain/.env', `HTTP_PORT=8080\nWEB_IMAGE=${image}\n`);
  await server.exec(['chown', '-R', 'deploy:', '/srv/plain', '/srv/bench']);
  await server.docker(['compose', '--project-directory', '/srv/plain', 'up', '--detach']);
}

/** What a deploy script does: log in, `docker compose up -d`, log out. */
async function composeUp(server: Server, image: string): Promise<number> {
  await server.docker(['pull', '--quiet', image]);
  await server.writeFile('/srv/plain/.env', `HTTP_PORT=8080\nWEB_IMAGE=${image}\n`);
  const knownHosts = (await server.knownHosts()).trim().split('\n');
  const start = performance.now();
  const host = await connectSsh({
    destination: { user: 'deploy', host: server.host, port: server.sshPort },
    privateKey: server.privateKey,
    knownHosts,
  });
  const up = ['docker', 'compose', '--project-directory', '/srv/plain', 'up', '--detach'];
  const { code, stderr } = await host.exec(up);
  await host.close();
  if (code !== 0 || !/Recreate/.test(stderr))
    throw new Error(`compose recreated nothing: ${stderr}`);
  return performance.now() - start;
}
