import { docker } from '../run-command';

/** Kills the processes in a container whose command line begins with the one and goes on with the other. */
export async function killIn(
  container: string,
  beginning: string,
  containing: string,
): Promise<void> {
  const script = `for each in /proc/[0-9]*; do case $(tr '\\0' ' ' <$each/cmdline) in "$0"*"$1"*) kill -KILL "\${each#/proc/}"; echo killed ;; esac; done 2>/dev/null`;
  const killed = await docker(['exec', container, 'sh', '-c', script, beginning, containing]);
  if (killed === '') throw new Error(`nothing in ${container} begins with ${beginning}`);
}
