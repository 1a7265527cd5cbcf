import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../test/support/environment';
import { startLoad, type Load } from '../../test/support/load/load';
import type { LoadReport } from '../../test/support/load/tally';
import { loginInputs } from '../../test/support/login-inputs';
import { runAction } from '../../test/support/runner/runner';
import type { Server } from '../../test/support/server';
import { prepareProxy } from './prepare-proxy';

const stacks = fileURLToPath(new URL('stacks', import.meta.url));
const actions =
  process.env['SHIPLOCK_ACTIONS'] ?? fileURLToPath(new URL('../../actions', import.meta.url));
const directory = '/srv/bench';
/** Requests a second, of each kind of connection. */
const rate = 200;

/** A server with one form of proxy, and visitors. */
export interface Stand {
  /** Runs the stack under plain Compose: what the first deploy then takes over. */
  runPlain(image: string): Promise<void>;
  /** Deploys as GitHub does; throws when it does not arrive. */
  deploy(image: string, version: string): Promise<void>;
  letVisitorsIn(): Promise<void>;
  /** What they met since they came, or since this was last asked. */
  visitorsMet(): Promise<readonly LoadReport[]>;
  stop(): Promise<void>;
}

/** Starts a server with the stack of this name, its proxy prepared; nothing of the stack runs yet. @param images what the server has from the start */
export async function startStand(
  environment: Environment,
  form: string,
  images: readonly string[],
): Promise<Stand> {
  const server = await environment.startServer({ name: form, images: [...images] });
  await server.copyFolder(join(stacks, form), directory);
  await server.exec(['install', '-d', '-o', 'deploy', '/var/lib/shiplock']);
  await server.exec(['chown', '-R', 'deploy:', directory]);
  const workspace = mkdtempSync(join(tmpdir(), 'shiplock-bench-'));
  cpSync(join(stacks, form), workspace, { recursive: true });
  await prepareProxy(server, workspace, directory);
  const login = await loginInputs(environment, server);
  let loads: readonly Load[] = [];
  return {
    runPlain: (image) => runPlain(server, image),
    deploy: (image, version) => deploy(workspace, { ...login, images: image, version }),
    letVisitorsIn: async () => {
      loads = await visitorsOf(server);
    },
    visitorsMet: () => Promise.all(loads.map((load) => load.mark())),
    stop: async () => {
      await Promise.all(loads.map((load) => load.stop()));
      rmSync(workspace, { recursive: true, force: true });
      await server.stop();
    },
  };
}

async function runPlain(server: Server, image: string): Promise<void> {
  await server.writeFile(`${directory}/.env`, `WEB_IMAGE=${image}\n`, '600', 'deploy');
  const up = ['docker', 'compose', '--project-directory', directory, 'up', '--detach'];
  const { code, stderr } = await server.exec(up, { user: 'deploy', timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`docker compose up: ${stderr}`);
}

async function deploy(workspace: string, inputs: Readonly<Record<string, string>>): Promise<void> {
  const { outputs, log } = await runAction({ action: join(actions, 'deploy'), workspace, inputs })
    .done;
  if (outputs['verdict'] !== 'deployed') {
    throw new Error(`a deploy ended as ${outputs['verdict'] ?? 'nothing'}:\n${log}`);
  }
}

function visitorsOf(server: Server): Promise<readonly Load[]> {
  const url = `http://127.0.0.1:${server.httpPort}/`;
  // A long run: the client's own limit is a safeguard for tests.
  const common = { url, host: 'bench.test', rate, limitMs: 60 * 60_000 };
  return Promise.all(
    (['new', 'keep-alive'] as const).map((connections) => startLoad({ ...common, connections })),
  );
}
