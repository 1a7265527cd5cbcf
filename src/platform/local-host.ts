import { spawn } from 'node:child_process';
import { ShiplockError, RemoteFailure } from '../errors';
import { CommandStream } from './command-stream';
import type { Host } from './host';
import { runToEnd } from './running-command';
import type { Ending, RunningCommand } from './running-command';

/** This machine; its commands see what is `inherited`, the environment of this process where nothing else is said, and `more`. */
export function localHost(
  more: Readonly<Record<string, string>> = {},
  inherited: Readonly<Record<string, string | undefined>> = process.env,
): Host {
  let opened = 0;
  const running = new Set<RunningCommand>();
  const open = async (argv: readonly string[]): Promise<RunningCommand> => {
    opened += 1;
    const command = await start(argv, { ...inherited, ...more });
    running.add(command);
    void command.ended.then(() => running.delete(command));
    return command;
  };
  return {
    name: 'local',
    get roundTrips() {
      return opened;
    },
    exec: async (argv, options = {}) => runToEnd(await open(argv), options),
    openStream: async (argv) => new CommandStream(await open(argv)),
    close: () => {
      for (const command of running) command.stop();
      return Promise.resolve();
    },
  };
}

function start(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunningCommand> {
  const [program, ...args] = argv;
  if (program === undefined) throw new ShiplockError('A command without words', { fault: 'bug' });
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env,
  });
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'killed', signal });
    });
  });
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(
        new RemoteFailure(
          'unreachable',
          `\`${program}\` cannot be started here: ${cause.message}`,
          { cause },
        ),
      );
    });
    child.once('spawn', () => {
      resolve({
        label: `\`${program}\` here`,
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        ended,
        stop: () => {
          child.kill();
          for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
        },
      });
    });
  });
}
