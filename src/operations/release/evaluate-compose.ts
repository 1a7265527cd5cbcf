import { configCommand, versionCommand } from '../../commands/compose';
import { evaluateScript, evaluationPaths, parseEvaluation } from '../../commands/evaluate';
import { quote, script } from '../../commands/shell';
import { hostPathOf } from '../../domain/compose/sent-files';
import type { Host } from '../../platform/host';
import type { PackFiles, PackedFile } from '../../platform/tar';

export type { FolderFault } from '../../commands/evaluate';
export type Evaluation = ReturnType<typeof parseEvaluation>;

/** The team's compose files as they are in the checkout. */
export interface ComposeSource {
  /** Those that `compose` lists, in their order; the folder of the first stands for the project directory. */
  readonly names: readonly string[];
  /** They and what Compose reads with them, by their paths in the repository. */
  readonly files: readonly PackedFile[];
  /** Variables that configs and secrets come from; the host is asked for their values. */
  readonly variables: readonly string[];
}

export interface EvaluationRequest {
  readonly app: string;
  readonly environment: string;
  readonly docker: readonly string[];
  /** null = the evaluated document of the last release, which lies on the host. */
  readonly source: ComposeSource | null;
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

/** A document of 200 services has some MB, and comes in base64. */
const maxOutputBytes = 64 * 1024 * 1024;

/** Evaluates compose files on the host and reads the proxy's folder, in one exchange; leaves nothing behind. null = the host's shell could not. */
export async function evaluateCompose(
  host: Host,
  pack: PackFiles,
  request: EvaluationRequest,
): Promise<Evaluation | null> {
  const { directory, configDir, include, docker, source } = request;
  const work = `/tmp/shiplock-${request.nonce}`;
  const evaluate = source === null ? recorded(request) : configOf(request, source, work);
  const command = request.raw === true ? [...evaluate, '--no-interpolate'] : evaluate;
  const version = source === null ? ':' : quote(versionCommand(docker));
  const argv = script(evaluateScript, [work, directory, configDir, include, version, ...command]);
  const stdin = await pack(source === null ? [] : uploads(source, directory));
  const result = await host.exec(argv, { stdin, timeoutMs: 120_000, maxOutputBytes });
  if (result.code !== 0) return null;
  const evaluation = parseEvaluation(result.stdout, `${work}/${evaluationPaths.host}`);
  return source === null ? { ...evaluation, composeVersion: null } : evaluation;
}

/** Each file where plain Compose would find it on the host, and the questions that Compose answers with the document. */
function uploads({ names, files, variables }: ComposeSource, directory: string): PackedFile[] {
  const [first = ''] = names;
  const values = Object.fromEntries(variables.map((name) => [name, `\${${name}-}`]));
  const asked = { 'x-shiplock': { profiles: '${COMPOSE_PROFILES-}', values } };
  return [
    ...files.map(({ path, content }) => ({
      path: `${evaluationPaths.host}${hostPathOf(path, first, directory)}`,
      content,
    })),
    { path: evaluationPaths.asked, content: JSON.stringify(asked) },
  ];
}

function configOf(
  { docker, project, directory }: EvaluationRequest,
  { names }: ComposeSource,
  work: string,
): string[] {
  const [first = ''] = names;
  const root = `${work}/${evaluationPaths.host}`;
  return configCommand(docker, {
    project,
    // A released service runs whatever its profile; which profiles are active is among the answers.
    profiles: ['*'],
    directory: `${root}${directory}`,
    files: [
      ...names.map((path) => `${root}${hostPathOf(path, first, directory)}`),
      `${work}/${evaluationPaths.asked}`,
    ],
  });
}

/** The document that the last release was made from, wherever this user's folder is. */
function recorded({ app, environment }: EvaluationRequest): string[] {
  const path = '$1/$2/shared.json';
  const text = `cat "/var/lib/shiplock/${path}" 2>/dev/null || cat "$HOME/.shiplock/${path}"`;
  return script(text, [app, environment]);
}
