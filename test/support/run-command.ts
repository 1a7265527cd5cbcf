import { spawn } from 'node:child_process';

/** What a finished command left: exit code (128 when a signal ended it) and its output as text. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: string | Uint8Array;
  /** The command is killed after this time; the result then has code 128. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a local command and resolves for any exit code; throws only when the command cannot be started. */
export function runCommand(argv: readonly string[], options: CommandOptions = {}) {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    timeout: options.timeoutMs ?? 120_000,
    killSignal: 'SIGKILL',
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A command that ends before it has read its input is no error of ours: its exit code tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  return new Promise<CommandResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({
        code: code ?? 128,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
  });
}

/** Like runCommand, but any exit code other than 0 is thrown with the command's own words; gives stdout without the last newline. */
export async function outputOf(argv: readonly string[], options: CommandOptions = {}) {
  const result = await runCommand(argv, options);
  if (result.code !== 0) {
    throw new Error(
      `${argv.slice(0, 6).join(' ')} … exited with ${result.code}: ${result.stderr.trim()}`,
    );
  }
  return result.stdout.trimEnd();
}

/** Like outputOf, for the Docker engine of this machine. */
export function docker(args: readonly string[], options: CommandOptions = {}) {
  return outputOf(['docker', ...args], options);
}
