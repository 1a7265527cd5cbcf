import { script } from '../shell';

/**
 * What a tool prints goes through gzip into `$1`/`$2`, and is counted and hashed on its way. Named pipes instead of `|`: dash knows no
 * `pipefail`, and a tool's exit code is the one thing that must not get lost. The first bytes are announced as they come.
 */
const packScript = `folder=$1 to=$1/$2; shift 2
in=$folder/.plain sum=$folder/.sum size=$folder/.size packed=$folder/.packed
rm -f "$in" "$sum" "$size" "$packed"
mkfifo "$in" "$sum" "$size" "$packed" || exit 1
trap 'rm -f "$in" "$sum" "$size" "$packed"' EXIT
sha256sum <"$sum" >"$folder/.sha256" & summer=$!
( LC_ALL=C; export LC_ALL; end=1; IFS= read -r line || end=0; echo begun
  rest=$(wc -c); echo "bytes $((\${#line} + end + rest))" ) <"$size" & sizer=$!
gzip -3 -c <"$packed" >"$to" & packer=$!
tee "$sum" "$size" <"$in" >"$packed" & copier=$!
"$@" >"$in"; echo "exit tool $?"
wait "$copier"; echo "exit tee $?"
wait "$packer"; echo "exit gzip $?"
wait "$summer"; echo "exit sha256sum $?"
wait "$sizer"; echo "exit wc $?"
read -r hash rest <"$folder/.sha256"; echo "sha256 $hash"
rm -f "$folder/.sha256"
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

/** Feeds a tool with an unpacked file of the folder; the first of both that failed gives the exit code, 98 when it is gzip. */
const unpackScript = `folder=$1 from=$1/$2; shift 2
out=$folder/.unpacked
rm -f "$out"
mkfifo "$out" || exit 1
trap 'rm -f "$out"' EXIT
gzip -dc <"$from" >"$out" & unpacker=$!
"$@" <"$out"; tool=$?
wait "$unpacker"; unpacked=$?
[ "$tool" -eq 0 ] || exit "$tool"
[ "$unpacked" -eq 0 ] || exit 98
`;

/** Argv that gives the unpacked file to `argv` on its stdin. */
export const unpackWords = (
  folder: string,
  from: string,
  argv: readonly string[],
): readonly string[] => script(unpackScript, [folder, from, ...argv]);
