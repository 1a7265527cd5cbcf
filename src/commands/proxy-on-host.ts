import { script } from './shell';

/** Runs `$@` as root; what lies in the folders of the administrator is not on every user's PATH. */
const asRoot = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
tool=$(command -v "$1") || { echo "$1: not found" >&2; exit 127; }
shift
if [ "$(id -u)" = 0 ]; then exec "$tool" "$@"; fi
exec sudo -n "$tool" "$@"
`;

/** A proxy's program on the host itself: it reads keys and signals a process that only root may. */
export function onHostAsRoot(argv: readonly string[]): string[] {
  return script(asRoot, argv);
}

/** Whether it was not even started, for want of the right to: then the program itself has said nothing. */
export function wasNotAllowed(
  { code, stderr }: { readonly code: number; readonly stderr: string },
  tool: string,
): boolean {
  return code !== 0 && !stderr.includes(`${tool}: `);
}
