import { quote } from '../../commands/shell';

/** A command as people type it on a server: quoted where it must be, and nowhere else. */
export function typed(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote([word]))).join(' ');
}
