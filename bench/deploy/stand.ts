import { mkdtempSync, readFileSync, copyFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectSsh } from '../../src/platform/ssh-host';
import { deployReport } from '../../src/report/deploy-report';
import { buildImage, type Environment } from '../../test/support/environment';
import { runAction } from '../../test/support/runner';
import { buildSampleImages } from '../../test/support/sample-app';
import type { Server } from '../../test/support/server';
import type { TimedLine, TimedRun } from './timeline';

const folder = fileURLToPath(new URL('.', import.meta.url));
const actions = fileURLToPath(new URL('../../actions/', import.meta.url));

/** The server that is measured on: the same stack twice, once released by us, once by Compose alone. */
export interface Stand {
  /** One run of an action, as GitHub starts it; throws when it ends with another verdict. */
  run(action: 'deploy' | 'rollback', verdict: string, inputs: Inputs): Promise<TimedRun>;
  /** Sessions that sshd has opened so far. */
  sessions(): Promise<number>;
  /** Recreates the service of the other stack with an image that is there; milliseconds with SSH. */
  composeUp(image: string): Promise<number>;
  stop(): Promise<void>;
}

type Inputs = Readonly<Record<string, string>>;

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
  const login = {
    hosts: `deploy@127.0.0.1:${server.sshPort}`,
    'ssh-key': server.privateKey,
    'known-hosts': await server.knownHosts(),
    'keeper-image': environment.keeperImage,
  };
  return {
    run: (action, verdict, inputs) => timedRun(action, verdict, workspace, { ...login, ...inputs }),
    sessions: async () => (await server.sshLog()).split('Starting session:').length - 1,
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
