import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A real ssh-agent with its socket in a folder of keys; `add` gives it one of them. */
export async function startAgent(folder: string, keys: readonly string[]) {
  const socket = join(folder, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(agent.stdout, 'data');
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  const add = (name: string): void => {
    execFileSync('ssh-add', ['-q', join(folder, name)], { env });
  };
  keys.forEach(add);
  return {
    socket,
    add,
    async stop() {
      agent.kill();
      await once(agent, 'exit');
    },
  };
}
