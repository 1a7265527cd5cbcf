import type { FreeRoom } from '../domain/release/free-room';
import { readRoom, roomHelper } from './free-room';
import { readSections, sectionHelpers } from './remote-script';

/** What the host says about itself and about this app before anything is touched. */
export interface HostLook {
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
  /** Where the docker command finds its engine, such as `unix:///var/run/docker.sock`; '' when it does not tell. */
  readonly endpoint: string;
  /** The program behind the docker command, and what it calls itself; '' when there is none. */
  readonly dockerPath: string;
  readonly dockerVersion: string;
  /** Socket of a rootless engine of this user; '' when there is none. */
  readonly rootlessSocket: string;
  /** Group that owns the engine's socket; null when there is no socket where it is expected. */
  readonly socketGid: number | null;
  readonly missingTools: readonly string[];
  /** What `docker` said when it could not be run at all. */
  readonly dockerError: string;
  /** Folders of this app that exist. */
  readonly bases: readonly string[];
  /** Folders of this app that could be written, in order of preference. */
  readonly writableBases: readonly string[];
  /** Files or dead links where a folder of this app would have to be. */
  readonly blocked: readonly string[];
  /** Folders and records that this user may not look into. */
  readonly hidden: readonly string[];
  /** `app/environment` of others whose names would be the same as ours once they are joined. */
  readonly twins: readonly string[];
  /** Where the run writes, and what is free there. */
  readonly rooms: readonly FreeRoom[];
  readonly state: string | null;
  readonly previousState: string | null;
  readonly lease: string | null;
  /** Each with its path under the app's folder. */
  readonly releases: readonly { readonly path: string; readonly text: string }[];
  /** The journal of the newest deploy. */
  readonly journal: string | null;
  /** File names of the keepers that were uploaded before. */
  readonly keepers: readonly string[];
  /** TCP ports of the host that something listens on. */
  readonly listening: readonly number[];
  /** Keys of the user's docker configuration: the registries that it is logged in to are among them, no credentials. */
  readonly logins: readonly string[];
  /** Unix seconds. */
  readonly clock: number;
}

/** Read-only; `$1` app, `$2` environment, `$3…` the docker command. */
export const lookScript = `${sectionHelpers}${roomHelper}
app=$1 environment=$2; shift 2
say user "$(id -un 2>/dev/null || id -u)"
say uid "$(id -u)"
say gid "$(id -g)"
say clock "$(date +%s)"
# Without it no other answer arrives.
command -v base64 >/dev/null 2>&1 || printf 'missing\\tYmFzZTY0\\n'
for tool in tar flock cmp mktemp; do command -v "$tool" >/dev/null 2>&1 || say missing "$tool"; done
docker=$1; for word in "$@"; do case \${word##*/} in docker | podman) docker=$word ;; esac; done
say docker-path "$(command -v "$docker" 2>/dev/null)"
endpoint=$("$@" context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null </dev/null)
[ -n "$endpoint" ] || say docker-version "$("$docker" --version 2>/dev/null </dev/null | head -n 1)"
say endpoint "$endpoint"
case $endpoint in unix://*) socket=\${endpoint#unix://} ;; *) socket=/var/run/docker.sock ;; esac
[ -S "$socket" ] && say socket-gid "$(stat -c %g "$socket" 2>/dev/null)"
rootless=/run/user/$(id -u)/docker.sock; [ -S "$rootless" ] && say rootless "$rootless"
command -v "$1" >/dev/null 2>&1 || say docker-error "$1: not found"
room /tmp
for base in "/var/lib/shiplock/$app/$environment" "$HOME/.shiplock/$app/$environment"; do
  near=$base; while [ ! -e "$near" ] && [ ! -L "$near" ]; do near=$(dirname "$near"); done
  if [ ! -d "$near" ]; then say blocked "$near"; continue; fi
  if [ ! -x "$near" ]; then say hidden "$near"; continue; fi
  [ "$near" = "$base" ] && say base "$base"
  [ -w "$near" ] && say writable "$base" && room "$base"
  for file in "$base/state.json" "$base/lease"; do [ ! -e "$file" ] || [ -r "$file" ] || say hidden "$file"; done
done
for other in /var/lib/shiplock/*/* "$HOME"/.shiplock/*/*; do
  [ -d "$other" ] || continue
  folder=\${other%/*}; twin="\${folder##*/}/\${other##*/}"
  [ "$twin" = "$app/$environment" ] && continue
  [ "\${folder##*/}-\${other##*/}" = "$app-$environment" ] && say twin "$twin"
done
for base in "/var/lib/shiplock/$app/$environment" "$HOME/.shiplock/$app/$environment"; do
  [ -d "$base" ] || continue
  [ -f "$base/state.json" ] && put state <"$base/state.json"
  [ -f "$base/state.prev.json" ] && put state-before <"$base/state.prev.json"
  [ -f "$base/lease" ] && put lease <"$base/lease"
  for file in "$base"/releases/*/release.json; do
    [ -f "$file" ] && { echo "\${file#"$base"/}"; cat "$file"; } | put release
  done
  last=$(ls -t "$base"/journal/*.jsonl 2>/dev/null | head -n 1)
  [ -n "$last" ] && put journal <"$last"
  for file in "$base"/keeper/*; do [ -f "$file" ] && say keeper "\${file##*/}"; done
  break
done
# Where the kernel shows them the ports take no tool: state 0A listens (include/net/tcp_states.h of Linux).
awk '$4 == "0A" {print $2}' /proc/net/tcp /proc/net/tcp6 2>/dev/null | put listening
# Names only: what a colon follows is a key, never a value.
keys='"[^"[:space:]]+"[[:space:]]*:'
for key in $(grep -Eo "$keys" "\${DOCKER_CONFIG:-$HOME/.docker}/config.json" 2>/dev/null | sed 's/^"//; s/"[[:space:]]*:$//'); do say login "$key"; done
exit 0
`;

/** Reads the output of the look. */
export function parseLook(output: string): HostLook {
  const sections = readSections(output);
  const all = (name: string): readonly string[] => sections.get(name) ?? [];
  const one = (name: string): string | null => all(name)[0] ?? null;
  const socketGid = one('socket-gid');
  return {
    user: one('user') ?? '',
    uid: Number(one('uid')),
    gid: Number(one('gid')),
    endpoint: one('endpoint') ?? '',
    dockerPath: one('docker-path') ?? '',
    dockerVersion: one('docker-version') ?? '',
    rootlessSocket: one('rootless') ?? '',
    socketGid: socketGid === null || socketGid === '' ? null : Number(socketGid),
    missingTools: all('missing'),
    dockerError: one('docker-error') ?? '',
    bases: all('base'),
    writableBases: all('writable'),
    blocked: all('blocked'),
    hidden: all('hidden'),
    twins: all('twin'),
    rooms: all('room').map(readRoom),
    state: one('state'),
    previousState: one('state-before'),
    lease: one('lease'),
    releases: all('release').map(readRecordText),
    journal: one('journal'),
    keepers: all('keeper'),
    listening: listeningPorts(one('listening') ?? ''),
    logins: all('login'),
    clock: Number(one('clock')),
  };
}

/** The path in the first line, the text below it. */
function readRecordText(section: string): { readonly path: string; readonly text: string } {
  const end = section.indexOf('\n');
  return { path: section.slice(0, end), text: section.slice(end + 1) };
}

/** `0100007F:1F90` → 8080. */
function listeningPorts(sockets: string): readonly number[] {
  const ports = sockets.split('\n').flatMap((socket) => {
    const port = Number.parseInt(socket.split(':').at(-1) ?? '', 16);
    return Number.isNaN(port) ? [] : [port];
  });
  return [...new Set(ports)];
}
