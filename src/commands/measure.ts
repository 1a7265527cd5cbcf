import type { FreeRoom } from '../domain/release/free-room';
import { readRoom, roomHelper } from './free-room';
import { readSections, sectionHelpers } from './remote-script';

/** An image to ask the registry about, from the host and by its docker command. */
export interface AskedImage {
  readonly reference: string;
  /** With the login of the inputs; else with the one that the host has itself, if it has any. */
  readonly given: boolean;
  /** The engine is set to take this registry without TLS or with any certificate. */
  readonly insecure: boolean;
}

/** What is to be measured on a host. */
export interface MeasureRequest {
  readonly folders: readonly string[];
  readonly images: readonly AskedImage[];
  /** Text of a Docker configuration with the login of the inputs; null = there is none. */
  readonly login: string | null;
}

/** Free room by folder, and what the registry said of each image. */
export interface Measured {
  readonly room: readonly FreeRoom[];
  /** What `docker manifest inspect --verbose` printed, by reference; without those that it could not tell. */
  readonly manifests: ReadonlyMap<string, string>;
}

/**
 * Read-only; `$@` is the docker command, the request comes on stdin. The login never lies on a disk and stands on no command line: the
 * folder that docker is pointed to holds a link to its stdin.
 */
export const measureScript = `${sectionHelpers}${roomHelper}
umask 077
IFS= read -r login
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM PIPE
mkdir "$work/login" && ln -s /dev/stdin "$work/login/config.json" || exit 1
limited() { if command -v timeout >/dev/null 2>&1; then timeout 20 "$@"; else "$@"; fi; }
inspect() {
  to=$1 whose=$2 safety=$3 image=$4; shift 4
  [ "$whose" = own ] || set -- "$@" --config "$work/login"
  set -- "$@" manifest inspect --verbose
  [ "$safety" = secure ] || set -- "$@" --insecure
  if [ "$whose" = own ]; then limited "$@" "$image"; else printf '%s' "$login" | limited "$@" "$image"; fi >"$to.out" 2>/dev/null
  if [ $? -eq 0 ]; then { printf '%s\\n' "$image"; cat "$to.out"; } | put manifest >"$to.said"; fi
}
count=0
while read -r kind first second third; do
  case $kind in
  folder) room "$third" ;;
  image)
    count=$((count + 1))
    inspect "$work/$count" "$first" "$second" "$third" "$@" &
    [ $((count % 8)) -ne 0 ] || wait ;;
  esac
done
wait
for said in "$work"/*.said; do [ ! -f "$said" ] || cat "$said"; done
exit 0
`;

/** What the script reads from stdin. */
export function measureInput({ folders, images, login }: MeasureRequest): string {
  const asked = images.map(
    ({ reference, given, insecure }) =>
      `image ${given ? 'given' : 'own'} ${insecure ? 'insecure' : 'secure'} ${reference}`,
  );
  return [login ?? '', ...folders.map((path) => `folder - - ${path}`), ...asked, ''].join('\n');
}

/** Reads the output of the script. */
export function parseMeasured(output: string): Measured {
  const sections = readSections(output);
  return {
    room: (sections.get('room') ?? []).map(readRoom),
    manifests: new Map(
      (sections.get('manifest') ?? []).map((text) => {
        const end = text.indexOf('\n');
        return [text.slice(0, end), text.slice(end + 1)] as const;
      }),
    ),
  };
}
