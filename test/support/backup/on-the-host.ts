import type { Server } from '../server';

/**
 * Installs on a server what a test image has from Debian's packages: both are of one release, so the image's programs and libraries
 * are those that `apt-get install` would bring, without a network.
 */
export async function installFrom(server: Server, image: string): Promise<void> {
  const text = `set -e
id=$(docker create "$1")
docker export "$id" | tar -x -C / --skip-old-files usr etc/alternatives etc/postgresql-common etc/mysql 2>/dev/null || :
docker rm "$id" >/dev/null
ldconfig`;
  await succeed(server, text, [image]);
}

/**
 * PostgreSQL of the machine itself, reached by its socket, with a role for the user `deploy` and the database `notes` of 300 rows. It
 * loads a library and has an extension at hand that no image has.
 */
export async function startPostgresOnHost(server: Server): Promise<void> {
  const text = `set -e
useradd --system postgres
install -d -o postgres /run/postgresql /srv/postgres
cp /usr/lib/postgresql/17/lib/auto_explain.so /usr/lib/postgresql/17/lib/only_here.so
cd /usr/share/postgresql/17/extension
echo "default_version = '1'" >own.control
echo 'create function own() returns int language sql as $$ select 1 $$;' >own--1.sql
cat >/tmp/postgres <<'END'
cd /srv/postgres; PATH=$PATH:/usr/lib/postgresql/17/bin
initdb -D data --auth=peer -E UTF8 --locale=C >/dev/null
pg_ctl -D data -w -l log -o '-k /run/postgresql -c listen_addresses= -c shared_preload_libraries=only_here' start >/dev/null
psql -Xqc 'create role deploy login in role pg_read_all_settings' -c 'create database notes owner deploy'
psql -Xqc 'create table notes as select i, md5(i::text) from generate_series(1, 300) i' -c 'alter table notes owner to deploy' notes
psql -Xqc 'create database extended'
psql -Xqc 'create extension own' -c 'create table t as select own()' -c 'grant select on t to deploy' extended
END
exec setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups sh -e /tmp/postgres`;
  await succeed(server, text, []);
}

async function succeed(server: Server, text: string, words: readonly string[]): Promise<void> {
  const { code, stderr } = await server.exec(['sh', '-c', text, 'sh', ...words]);
  if (code !== 0) throw new Error(stderr);
}
