import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleFolder } from './sample-app';
import type { Server } from './server';

/** Where the stack lives on a server: the `directory` of test/sample-app/shiplock.yml. */
export const sampleDirectory = '/srv/sample';

/** Puts what a team keeps on its server into /srv/sample, owned by `deploy`: .env (0600) with a fresh database password and `env`, and nginx's configuration. */
export const installSampleStack = async (
  server: Server,
  env: Record<string, string> = {},
): Promise<void> => {
  const lines = Object.entries({ POSTGRES_PASSWORD: randomBytes(16).toString('hex'), ...env });
  await server.copyFolder(join(sampleFolder, 'nginx'), `${sampleDirectory}/nginx`);
  await server.writeFile(
    `${sampleDirectory}/.env`,
    lines.map(([name, value]) => `${name}=${value}\n`).join(''),
    '600',
    'deploy',
  );
  await server.exec(['chown', 'deploy:', sampleDirectory]);
};

/**
 * Starts the whole stack as a team without Shiplock runs it: `docker compose up` in /srv/sample, migrated. `include` is the text of
 * nginx's include file, without which nginx does not start.
 */
export const startSampleStack = async (
  server: Server,
  options: { version: string; include: string },
): Promise<void> => {
  const file = await readFile(join(sampleFolder, 'docker-compose.yml'), 'utf8');
  await server.writeFile(`${sampleDirectory}/docker-compose.yml`, file, '644', 'deploy');
  await server.writeFile(
    `${sampleDirectory}/nginx/shiplock/sample-production.conf`,
    options.include,
    '644',
    'deploy',
  );
  await server.exec([
    'sh',
    '-c',
    `echo IMAGE_TAG="$1" >> ${sampleDirectory}/.env`,
    'sh',
    options.version,
  ]);
  await compose(server, ['run', '--rm', 'backend', 'alembic', 'upgrade', 'head']);
  await compose(server, ['up', '--detach', '--wait']);
};

const compose = async (server: Server, args: readonly string[]): Promise<void> => {
  const argv = ['docker', 'compose', '--project-directory', sampleDirectory, ...args];
  const result = await server.exec(argv, { user: 'deploy', timeoutMs: 180_000 });
  if (result.code !== 0) throw new Error(`docker compose ${args.join(' ')}: ${result.stderr}`);
};
