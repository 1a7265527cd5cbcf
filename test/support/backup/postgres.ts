import { fileURLToPath } from 'node:url';
import { buildImage } from '../environment';
import { ownerLabel } from '../owner';
import { docker, runCommand } from '../run-command';

const folder = fileURLToPath(new URL('../../environment/postgres', import.meta.url));

/** Of its superuser, over the network; within the container nobody is asked for one. */
export const containerPassword = 'canary-of-the-container-7f1c';

/** A PostgreSQL of this machine, as the service `db` of a Compose project. */
export class Postgres {
  constructor(
    readonly container: string,
    readonly project: string,
  ) {}

  /** Runs SQL as its superuser; gives rows with bars between. */
  sql(text: string, database = 'shop', user = 'postgres'): Promise<string> {
    return docker(
      [
        ...['exec', '-i', this.container, 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1'],
        ...['-U', user, '-d', database],
      ],
      { stdin: text },
    );
  }

  /** Its address on this machine. */
  address(): Promise<string> {
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    return docker(['inspect', '--format', format, this.container]);
  }

  /** Starts PgBouncer at port 6432 as it comes, and at 6433 one that takes settings which it does not know. */
  async startPooler(): Promise<void> {
    const script = `set -e
for port in 6432 6433; do
  folder=/tmp/pooler-$port; mkdir $folder; echo "\\"postgres\\" \\"$POSTGRES_PASSWORD\\"" >$folder/users
  printf '%s\\n' '[databases]' 'shop = host=127.0.0.1 port=5432' '[pgbouncer]' listen_addr=* listen_port=$port unix_socket_dir= \\
    auth_type=trust auth_file=$folder/users pool_mode=transaction pidfile=$folder/pid logfile=$folder/log >$folder/ini
  [ $port = 6432 ] || echo ignore_startup_parameters=options >>$folder/ini
  chown -R postgres $folder; setpriv --reuid=postgres --regid=postgres --clear-groups pgbouncer -d $folder/ini
done`;
    await docker(['exec', this.container, 'sh', '-c', script]);
  }

  async stop(): Promise<void> {
    await docker(['rm', '--force', '--volumes', this.container]);
  }
}

/** Builds its image; gives the name. */
export const postgresImage = (): Promise<string> => buildImage('shiplock-test-postgres', folder);

/** Starts it with a database `shop` and resolves when it takes queries. */
export async function startPostgres(
  project: string,
  flags: readonly string[] = [],
  settings: readonly string[] = [],
): Promise<Postgres> {
  const image = await postgresImage();
  const container = `shiplock-test-postgres-${project}`;
  const words = [
    ...['run', '--detach', '--name', container, '--label', ownerLabel()],
    ...['--label', `com.docker.compose.project=${project}`],
    ...['--label', 'com.docker.compose.service=db', '--label', 'com.docker.compose.oneoff=False'],
    // By name alone: other tests look for the word on every command line of this machine.
    ...['--env', 'POSTGRES_DB=shop', '--env', 'POSTGRES_PASSWORD'],
    ...[...flags, image, 'postgres', ...settings],
  ];
  await docker(words, { env: { POSTGRES_PASSWORD: containerPassword } });
  const server = new Postgres(container, project);
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const { code } = await runCommand([
      ...[
        'docker',
        'exec',
        container,
        'psql',
        '-h',
        '127.0.0.1',
        '-U',
        'nobody',
        '-d',
        'shop',
        '-c',
        '',
      ],
    ]);
    // It listens only after its first start, in which the database is made; then it wants a password.
    if (code === 2 && (await ready(container))) return server;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${container} did not start: ${await docker(['logs', container])}`);
}

async function ready(container: string): Promise<boolean> {
  const argv = ['docker', 'exec', container, 'pg_isready', '-h', '127.0.0.1', '-q'];
  return (await runCommand(argv)).code === 0;
}
