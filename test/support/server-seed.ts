import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { ownerLabel } from './owner';
import { docker, runCommand } from './run-command';
import { createServerContainer, type Parts } from './server-container';

const label = 'shiplock-test.seed';
const kept = 3;

/** What a tag of the environment's registry points to now. */
async function digestOf(reference: string) {
  const [name, digest] = reference.split('@');
  if (digest !== undefined) return digest;
  const { registry, repository, tag } =
    /^(?<registry>[^/]+)\/(?<repository>.+):(?<tag>[^:]+)$/.exec(name ?? '')?.groups ?? {};
  const answer = await fetch(
    `http://${registry ?? ''}/v2/${repository ?? ''}/manifests/${tag ?? ''}`,
    {
      method: 'HEAD',
      headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
    },
  );
  const found = answer.headers.get('docker-content-digest');
  if (!answer.ok || found === null) throw new Error(`${reference} is not in the registry`);
  return found;
}

const exists = async (volume: string) =>
  (await runCommand(['docker', 'volume', 'inspect', volume])).code === 0;

/** Lets a server of its own pull the images, and keeps its /var/lib/docker. The second volume says that the first is complete. */
async function makeSeed(parts: Parts, seed: string, images: readonly string[]) {
  const maker = `${seed}-maker`;
  await createServerContainer(
    parts,
    maker,
    ['--label', ownerLabel(), '--env', 'AUTHORIZED_KEY=none'],
    seed,
  );
  try {
    await docker(['start', maker]);
    await docker(['exec', maker, 'server-ready']);
    for (const image of images) {
      await docker(['exec', maker, 'docker', 'pull', '--quiet', image], { timeoutMs: 300_000 });
    }
    await docker(['stop', '--time', '30', maker]);
  } finally {
    await docker(['rm', '--force', maker]);
  }
  await docker(['volume', 'create', '--label', label, `${seed}-complete`]);
  await removeOldSeeds();
}

async function removeOldSeeds() {
  const listed = await docker([...['volume', 'ls', '--quiet', '--filter', `label=${label}`]]);
  const complete = listed.split('\n').filter((name) => name !== '');
  if (complete.length <= kept) return;
  const dated = (
    await docker(['volume', 'inspect', '--format', '{{.CreatedAt}} {{.Name}}', ...complete])
  )
    .split('\n')
    .sort();
  for (const line of dated.slice(0, -kept)) {
    const marker = line.split(' ').at(-1) ?? '';
    // One that another process is copying right now is in use, and stays.
    await runCommand(['docker', 'volume', 'rm', marker, marker.replace(/-complete$/, '')]);
  }
}

async function ensureSeed(parts: Parts, images: readonly string[]) {
  const pulled = await Promise.all(
    images.map(async (image) => `${image} ${await digestOf(image)}`),
  );
  const hash = createHash('sha256').update([parts.serverImage, ...pulled.sort()].join('\n'));
  const seed = `shiplock-test-seed-${hash.digest('hex').slice(0, 12)}`;
  const deadline = Date.now() + 300_000;
  while (!(await exists(`${seed}-complete`))) {
    try {
      await makeSeed(parts, seed, images);
    } catch (error) {
      // The name of the maker's container is the lock: whoever comes second waits for the first.
      if (!String(error).includes('is already in use') || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  return seed;
}

/**
 * Puts images into the engine of a server that has not been started yet. Layers are never written to again, so they are linked, not
 * copied; everything else of the engine's folder is copied, but for the id that tells engines apart.
 */
export async function seedServer(
  parts: Parts,
  container: string,
  images: readonly string[],
): Promise<void> {
  const seed = await ensureSeed(parts, images);
  const source = await docker(['volume', 'inspect', '--format', '{{.Mountpoint}}', seed]);
  const mounted =
    '{{range .Mounts}}{{if eq .Destination "/var/lib/docker"}}{{.Source}}{{end}}{{end}}';
  const target = await docker(['container', 'inspect', '--format', mounted, container]);
  const volumes = dirname(dirname(source));
  const copy =
    'cd "$0" && for part in *; do case $part in overlay2) cp -al "$part" "$1/" ;; engine-id) ;; *) cp -a "$part" "$1/" ;; esac || exit 1; done';
  await docker([
    // The seed is mounted as well, so that nobody removes it meanwhile.
    ...[
      'run',
      '--rm',
      '--network',
      'none',
      '--volume',
      `${volumes}:/volumes`,
      '--volume',
      `${seed}:/seed`,
    ],
    ...[parts.serverImage, 'sh', '-c', copy],
    ...[source, target].map((path) => path.replace(volumes, '/volumes')),
  ]);
}
