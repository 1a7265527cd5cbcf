/** The socket of the SSH agent that this process was given, if any (ssh-agent(1)). */
export function agentSocket(): string | undefined {
  return process.env['SSH_AUTH_SOCK'];
}
