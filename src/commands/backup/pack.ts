import { script } from '../shell';

/**
 * What a tool prints goes through gzip into `$1`/`$2`, and is counted and hashed on its way. Named pipes instead of `|`: dash knows no
 * `pipefail`, and a tool's exit code is the one thing that must not get lost. The first bytes are announced as they come.
 */
const packScript = `folder=$1 to=$1/$2; shift 2
work=$(mktemp -d "$folder/.pack.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
mkfifo "$work/in" "$work/sum" "$work/size" "$work/packed" || exit 1
sha256sum <"$work/sum" >"$work/hash" & summer=$!
( LC_ALL=C; export LC_ALL; end=1; IFS= read -r line || end=0; echo begun
  rest=$(wc -c); echo "bytes $((\${#line} + end + rest))" ) <"$work/size" & sizer=$!
gzip -3 -c <"$work/packed" >"$to" & packer=$!
tee "$work/sum" "$work/size" <"$work/in" >"$work/packed" & copier=$!
"$@" >"$work/in"; echo "exit tool $?"
wait "$copier"; echo "exit tee $?"
wait "$packer"; echo "exit gzip $?"
wait "$summer"; echo "exit sha256sum $?"
wait "$sizer"; echo "exit wc $?"
read -r hash rest <"$work/hash"; echo "sha256 $hash"
`;

/** Argv that packs what `argv` prints; it ends with 0 itself, its output says how each part ended. */
export const packWords = (folder: string, to: string, argv: readonly string[]): readonly string[] =>
  script(packScript, [folder, to, ...argv]);

/** Line of the output that comes with the first bytes. */
export const firstBytes = 'begun\n';

/** How the parts of a packed dump ended, and what the tool printed. */
export interface Packed {
  readonly exits: readonly { readonly name: string; readonly exit: number }[];
  readonly bytes: number;
  readonly sha256: string;
}

/** Reads the output. @param tool what the tool is called */
export function parsePacked(output: string, tool: string): Packed {
  const exits = [...output.matchAll(/^exit (\S+) (\d+)$/gm)].map(([, name = '', exit]) => ({
    name: name === 'tool' ? tool : name,
    exit: Number(exit),
  }));
  return {
    exits,
    bytes: Number(/^bytes (\d+)$/m.exec(output)?.[1] ?? 0),
    sha256: /^sha256 ([0-9a-f]{64})$/m.exec(output)?.[1] ?? '',
  };
}

/**
 * Feeds a tool: first what comes on stdin, then the unpacked file, as far as an awk program lets it pass. The first part that failed
 * gives the exit code, 98 when it is gzip, 97 when it is the filter.
 */
const unpackScript = `folder=$1 from=$1/$2 filter=$3; shift 3
work=$(mktemp -d "$folder/.unpack.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
mkfifo "$work/plain" "$work/picked" || exit 1
exec 3<&0
gzip -dc <"$from" >"$work/plain" & unpacker=$!
( cat <&3; LC_ALL=C exec awk "$filter" ) <"$work/plain" >"$work/picked" & picker=$!
exec 3<&-
"$@" <"$work/picked"; tool=$?
wait "$picker"; picked=$?
wait "$unpacker"; unpacked=$?
[ "$tool" -eq 0 ] || exit "$tool"
[ "$unpacked" -eq 0 ] || exit 98
[ "$picked" -eq 0 ] || exit 97
`;

/** Argv that gives stdin and then the unpacked file to `argv`. @param filter an awk program; default all passes */
export const unpackWords = (
  folder: string,
  from: string,
  argv: readonly string[],
  filter = '{ print }',
): readonly string[] => script(unpackScript, [folder, from, filter, ...argv]);
