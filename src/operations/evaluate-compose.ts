import { configCommand } from '../commands/compose';
import { evaluateScript, parseEvaluation } from '../commands/evaluate';
import { script } from '../commands/shell';
import { ShiplockError } from '../errors';
import type { Host } from '../platform/host';
import type { PackFiles, PackedFile } from '../platform/tar';

/** What the evaluation brought. */
export type Evaluation = ReturnType<typeof parseEvaluation>;

/** Evaluates the checkout's compose files on the host and reads the proxy's folder; leaves nothing behind. */
export async function evaluateCompose(
  host: Host,
  pack: PackFiles,
  request: {
    readonly docker: readonly string[];
    /** Compose files of the checkout; none = the evaluated document of the last release, which lies at `recorded`. */
    readonly files: readonly PackedFile[];
    readonly recorded: string;
    readonly directory: string;
    readonly project: string | undefined;
    readonly configDir: string;
    /** Name of our files in the proxy's folder. */
    readonly name: string;
    /** A name that nobody can guess. */
    readonly nonce: string;
  },
): Promise<Evaluation> {
  const { docker, directory, project, configDir, name } = request;
  const work = `/tmp/shiplock-${request.nonce}`;
  const command = configCommand(docker, {
    project,
    directory,
    files:
      request.files.length === 0
        ? [request.recorded]
        : request.files.map(({ path }) => `${work}/${path}`),
  });
  const argv = script(evaluateScript, [work, directory, configDir, name, ...command]);
  const result = await host.exec(argv, { stdin: await pack(request.files), timeoutMs: 60_000 });
  if (result.code === 0) return parseEvaluation(result.stdout);
  throw new ShiplockError(`${host.name}: the compose files could not be evaluated`, {
    hint: result.stderr.trim().slice(0, 500),
    fault: 'remote',
  });
}
