import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleFolder } from './sample-app';
import type { Server } from './server';

/** Where the stack of the guide lives on its server. */
export const shopFolder = '/srv/shop';

/** The sample app's compose file as a team has it that never heard of us: nginx mounts its own folder only. */
export async function plainComposeFile(): Promise<string> {
  const text = await readFile(join(sampleFolder, 'docker-compose.yml'), 'utf8');
  return text.replace(/^.*nginx\/shiplock:.*\n/m, '');
}

/** Runs the sample app on a server as `shop`, migrated, with the given text as nginx's only server block. */
export async function startShop(server: Server, version: string, nginx: string): Promise<void> {
  const password = randomBytes(16).toString('hex');
  const files = {
    '.env': `POSTGRES_PASSWORD=${password}\nIMAGE_TAG=${version}\n`,
    'docker-compose.yml': await plainComposeFile(),
    'nginx/conf.d/shop.conf': nginx,
  };
  for (const [path, text] of Object.entries(files))
    await server.writeFile(
      `${shopFolder}/${path}`,
      text,
      path === '.env' ? '600' : '644',
      'deploy',
    );
  await server.exec(['chown', '-R', 'deploy:', shopFolder]);
  await inShop(server, 'docker compose run --rm backend alembic upgrade head');
  await inShop(server, 'docker compose up --detach --wait');
}

/** Types a line on the server, in the folder of the stack; throws with what it said when it fails. */
export async function inShop(server: Server, line: string, user = 'deploy'): Promise<string> {
  const argv = ['sh', '-ec', `cd ${shopFolder}\n${line}`];
  const { code, stdout, stderr } = await server.exec(argv, { user, timeoutMs: 180_000 });
  if (code !== 0) throw new Error(`${line}: ${stdout}${stderr}`);
  return stdout;
}
