import { firstWords, stageArgv } from '../../commands/backup/stage';
import type { Stage } from '../../domain/records/backup';
import { RemoteFailure, ShiplockError } from '../../errors';
import type { Host } from '../../platform/host';

/** One program of a backup, as it is run on the host. */
export interface StageRequest {
  /** What people know it by: `pg_dump`. */
  readonly name: string;
  /** Folder of the backup; `from` and `to` are names in it. */
  readonly folder: string;
  readonly argv: readonly string[];
  readonly from?: string;
  readonly to?: string;
  /** Sent to its stdin; not together with `from`. */
  readonly stdin?: string;
  /** Sent to its stdin ahead of `from`, such as a line with a password; '' = nothing. */
  readonly ahead?: string;
  /** What to do when it fails; its first words are added. */
  readonly hint?: (said: string) => string | undefined;
}

/** Dumps are as long as the data is large; what hangs is ended by the run's own limit. */
const longestMs = 24 * 3_600_000;

/** Runs one stage to its end. Throws when it did not end with 0, with no more than its first words. */
export async function runStage(
  host: Host,
  request: StageRequest,
): Promise<{ readonly stage: Stage; readonly stdout: string }> {
  const { name, folder, argv, from, to, ahead = '' } = request;
  const joined = ahead !== '';
  const stdin = joined ? ahead : request.stdin;
  const result = await host
    .exec(stageArgv(folder, argv, { from, to, joined }), { stdin, timeoutMs: longestMs })
    .catch((cause: unknown) => {
      throw broken(host, name, cause);
    });
  if (result.code === 0) return { stage: { name, exit: 0, signal: null }, stdout: result.stdout };
  const said = firstWords(result.stderr);
  const words = said === '' ? '' : `: ${said}`;
  throw new ShiplockError(`${host.name}: ${name} ended with code ${result.code}${words}`, {
    hint: request.hint?.(said),
    fault: 'remote',
  });
}

function broken(host: Host, name: string, cause: unknown): unknown {
  if (!(cause instanceof RemoteFailure) || cause.reason !== 'killed') return cause;
  return new ShiplockError(`${host.name}: ${name} was killed`, {
    cause,
    fault: 'remote',
    hint: cause.hint,
  });
}
