import { configCommand, versionCommand } from '../commands/compose';
import { evaluateScript, parseEvaluation } from '../commands/evaluate';
import { script } from '../commands/shell';
import type { Host } from '../platform/host';
import type { PackFiles, PackedFile } from '../platform/tar';

/** What the evaluation brought; `composeVersion` is asked only when Compose failed: '' = there is none. */
export type Evaluation = ReturnType<typeof parseEvaluation> & {
  readonly composeVersion: string | null;
};

export interface EvaluationRequest {
  readonly app: string;
  readonly environment: string;
  readonly docker: readonly string[];
  /** Compose files of the checkout; none = the evaluated document of the last release, which lies on the host. */
  readonly files: readonly PackedFile[];
  readonly directory: string;
  readonly project: string | undefined;
  readonly configDir: string;
  /** File name of the proxy's include. */
  readonly include: string;
  /** A name that nobody can guess. */
  readonly nonce: string;
  /** Leaves variables as they are written: the document of the file, not of the host. */
  readonly raw?: boolean;
}

/** Evaluates compose files on the host and reads the proxy's folder, in one exchange; leaves nothing behind. null = the host's shell could not. */
export async function evaluateCompose(
  host: Host,
  pack: PackFiles,
  request: EvaluationRequest,
): Promise<Evaluation | null> {
  const { directory, configDir, include, docker, files } = request;
  const work = `/tmp/shiplock-${request.nonce}`;
  const evaluate = files.length === 0 ? recorded(request) : configOf(request, work);
  const command = request.raw === true ? [...evaluate, '--no-interpolate'] : evaluate;
  const argv = script(evaluateScript, [work, directory, configDir, include, ...command]);
  const result = await host.exec(argv, { stdin: await pack(files), timeoutMs: 60_000 });
  if (result.code !== 0) return null;
  const evaluation = parseEvaluation(result.stdout);
  const asked = evaluation.directoryExists && evaluation.obstacle === '' && files.length > 0;
  const failed = asked && evaluation.document === null;
  return { ...evaluation, composeVersion: failed ? await versionOf(host, docker) : null };
}

function configOf(
  { docker, project, directory, files }: EvaluationRequest,
  work: string,
): string[] {
  return configCommand(docker, {
    project,
    directory,
    files: files.map(({ path }) => `${work}/${path}`),
  });
}

/** The document that the last release was made from, wherever this user's folder is. */
function recorded({ app, environment }: EvaluationRequest): string[] {
  const path = '$1/$2/shared.json';
  const text = `cat "/var/lib/shiplock/${path}" 2>/dev/null || cat "$HOME/.shiplock/${path}"`;
  return script(text, [app, environment]);
}

async function versionOf(host: Host, docker: readonly string[]): Promise<string> {
  const { code, stdout } = await host.exec(versionCommand(docker));
  return code === 0 ? stdout.trim() : '';
}
