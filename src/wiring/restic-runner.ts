import { delimiter, dirname, join } from 'node:path';
import { pinnedRestic, resticArchive, takesCopies } from '../domain/backup/pinned-restic';
import { ShiplockError } from '../errors';
import { githubCache } from '../platform/github/cache';
import type { Host } from '../platform/host';
import { localHost } from '../platform/local-host';
import type { Log } from '../platform/log';
import { stepVariable } from '../platform/step-variable';
import { jobFolder, makePrivateFolder, toolCacheFolder } from '../platform/tool-files';

/** Where restic comes from when there is none. */
export interface ResticSource {
  /** In place of `https://github.com`. */
  readonly mirror: string;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/** What a step says of it. */
export function resticSource({
  inputs,
  log,
  signal,
}: {
  readonly inputs: { readonly 'tool-mirror': string | undefined };
  readonly log: Log;
  readonly signal: AbortSignal;
}): ResticSource {
  const tell = (text: string): void => {
    log.line(text);
  };
  return { mirror: inputs['tool-mirror'] ?? 'https://github.com', signal, tell };
}

/**
 * This machine with a restic that makes copies: the one on PATH where it is new enough, else the pinned release, by its SHA-256. It is
 * looked for at the first command, so that want of it keeps no copy in another place from being made.
 */
export function resticRunner(
  environment: Readonly<Record<string, string>>,
  source: ResticSource,
): Host {
  let found: Promise<Host> | undefined;
  const runner = (): Promise<Host> => (found ??= findRunner(environment, source));
  return {
    name: 'local',
    roundTrips: 0,
    exec: async (argv, options) => (await runner()).exec(argv, options),
    openStream: async (argv) => (await runner()).openStream(argv),
    close: async () => {
      await (await found)?.close();
    },
  };
}

async function findRunner(
  environment: Readonly<Record<string, string>>,
  source: ResticSource,
): Promise<Host> {
  const here = localHost(environment);
  const said = await here.exec(['restic', 'version']).catch(() => null);
  if (said !== null && takesCopies(said.stdout)) return here;
  const folder = dirname(await install(source));
  const path = [folder, stepVariable('PATH') ?? ''].join(delimiter);
  return localHost({ ...environment, PATH: path });
}

async function install({ mirror, signal, tell }: ResticSource): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const archive = resticArchive(platform);
  if (archive === undefined)
    throw new ShiplockError(`no SHA-256 of restic ${pinnedRestic} for ${platform} is known here`, {
      fault: 'user',
      hint: 'install restic 0.14 or newer before this step',
    });
  const folder = await makePrivateFolder(join(jobFolder(), 'shiplock-tools'), []);
  const cache = githubCache(tell, signal);
  const places = { mirror, folder, cache, toolCache: toolCacheFolder(), signal, tell };
  const { installTool } = await import('../platform/install-tool');
  const { path, origin } = await installTool(archive, places);
  tell(`restic ${pinnedRestic} from ${origin}: there is none on PATH, or an older one than 0.14`);
  return path;
}
