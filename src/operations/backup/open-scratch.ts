import { workLabel } from '../../commands/backup/end-work';
import { firstWords } from '../../commands/backup/stage';
import { label } from '../../domain/release/labels';
import type { ScratchImage } from '../../domain/records/backup';
import { EngineError, ShiplockError } from '../../errors';
import type { Clock } from '../../platform/clock';
import type { Engine } from '../../platform/docker-api/docker-api';
import type { ScratchRecipe, OpenScratch } from './database-engine';

/** What a scratch server is made with. */
export interface ScratchSetting {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly docker: readonly string[];
  readonly image: ScratchImage;
  /** For its name and its labels. */
  readonly app: string;
  readonly environment: string;
  readonly id: string;
  /** Docker's memory and processors; a scratch server takes a part of them. */
  readonly memoryBytes: number;
  readonly cpus: number;
  /** Of the run: once it is given up, nothing is started for it any more. */
  readonly signal: AbortSignal;
}

const readyWithinMs = 120_000;
/** To become the server's own user and to own its data; nothing else. */
const capabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID', 'KILL'];

/** A way to have scratch servers: without network, capped, on a disk of their own, gone afterwards. */
export function scratchOpener(setting: ScratchSetting): OpenScratch {
  return async (recipe, use) => {
    const container = await create(setting, recipe);
    try {
      setting.signal.throwIfAborted();
      await setting.engine.startContainer(container);
      await untilReady(setting, container, recipe);
      return await use({
        argv: (words) => [...setting.docker, 'exec', '-i', '-e', 'LC_ALL=C', container, ...words],
      });
    } finally {
      await setting.engine
        .removeContainer(container, { force: true, volumes: true })
        .catch(() => undefined);
    }
  };
}

function create(setting: ScratchSetting, { boot }: ScratchRecipe): Promise<string> {
  const { engine, app, environment, id, image, memoryBytes, cpus } = setting;
  return engine.createContainer(`shiplock-scratch-${app}-${environment}-${id}`, {
    Image: image.id,
    Entrypoint: ['sh', '-c', boot],
    Cmd: [],
    User: '0:0',
    WorkingDir: '/',
    Env: ['LC_ALL=C'],
    // The image's own health check asks for a server that is configured otherwise.
    Healthcheck: { Test: ['NONE'] },
    Labels: { [label.role]: 'scratch', [workLabel]: `${app}/${environment}` },
    HostConfig: {
      NetworkMode: 'none',
      // A disk, because restored data may be larger than the memory; it goes with the container.
      Mounts: [{ Type: 'volume', Target: '/scratch' }],
      Memory: Math.max(256 * 1024 ** 2, Math.floor(memoryBytes / 4)),
      NanoCpus: Math.max(1, Math.floor(cpus / 2)) * 1e9,
      CpuShares: 256,
      BlkioWeight: 100,
      PidsLimit: 512,
      ShmSize: 256 * 1024 ** 2,
      CapDrop: ['ALL'],
      CapAdd: capabilities,
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    },
  });
}

async function untilReady(
  setting: ScratchSetting,
  container: string,
  recipe: ScratchRecipe,
): Promise<void> {
  const { engine, clock, signal } = setting;
  const deadline = clock.monotonic() + (recipe.readyWithinMs ?? readyWithinMs);
  while (clock.monotonic() < deadline) {
    signal.throwIfAborted();
    const { state } = await engine.inspectContainer(container);
    if (!state.running) throw await notStarted(setting, container, state.exitCode);
    if (await isReady(engine, container, recipe.ready)) return;
    await clock.sleep(200);
  }
  throw await notStarted(setting, container, null);
}

async function isReady(
  engine: Engine,
  container: string,
  argv: readonly string[],
): Promise<boolean> {
  try {
    return (await engine.exec(container, argv, { timeoutMs: 20_000 })).code === 0;
  } catch (thrown) {
    // It ended in this moment: the next look says how.
    if (thrown instanceof EngineError) return false;
    throw thrown;
  }
}

async function notStarted(
  { engine, image }: ScratchSetting,
  container: string,
  code: number | null,
): Promise<ShiplockError> {
  const said: string[] = [];
  for await (const { line } of engine.containerLogs(container, { tail: 6 })) said.push(line);
  const what = code === null ? 'did not become ready' : `ended with code ${code}`;
  return new ShiplockError(`the scratch server ${what}: ${firstWords(said.slice(-2).join('\n'))}`, {
    hint: `It runs in ${image.name ?? 'the image of the database itself'}, without network. If that image cannot, name one that can in scratch-image, or set verify: read; then nothing proves that the backup can be restored.`,
    fault: 'remote',
  });
}
