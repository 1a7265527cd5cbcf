/** The line for sudoers that lets a user do what a release needs. */
export function sudoersLine(
  user: string,
  path: string,
  uses: readonly (readonly string[])[],
): string {
  const commands = uses.map(([, ...words]) => [path, ...words].join(' '));
  return `${user} ALL=(root) NOPASSWD: ${commands.join(', ')}`;
}
