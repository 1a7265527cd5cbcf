/**
 * A remote shell script that answers several questions at once prints sections: a name, a tab, the value in base64.
 * `put NAME` reads the value from stdin, `say NAME VALUE` takes it as an argument.
 */
export const sectionHelpers = `
put() { printf '%s\\t' "$1"; base64 | tr -d '\\n'; echo; }
say() { printf '%s' "$2" | put "$1"; }
`;

/** Reads the sections of a script's output; a name that came several times has all its values, in order. */
export function readSections(output: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const tab = line.indexOf('\t');
    if (tab < 1) continue;
    const name = line.slice(0, tab);
    sections.set(name, [...(sections.get(name) ?? []), decode(line.slice(tab + 1))]);
  }
  return sections;
}

/** Base64 to text without Node: the layers that decide run anywhere. */
function decode(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
