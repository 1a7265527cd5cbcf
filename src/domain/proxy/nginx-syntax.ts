/** One directive of an nginx configuration, with where it stands. */
export interface Directive {
  readonly file: string;
  /** Line within its file, counted from 1. */
  readonly line: number;
  readonly words: readonly string[];
  /** Names of the blocks around it within its file, outermost first, e.g. `['http', 'server', 'location']`. */
  readonly inside: readonly string[];
  /** Line where the server block around it begins, in its file; 0 = none does there. */
  readonly server: number;
}

const token =
  /\s+|#[^\n]*|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\$\{[^}]*\}|[;{}]|[^\s;{}"'$][^\s;{}$]*|["'$]/g;

/** Every directive of what `nginx -T` prints: all files that nginx has read, each under a comment with its path. */
export function readNginxDump(dump: string): readonly Directive[] {
  const sections = dump.split(/^# configuration file (.+):$/m).slice(1);
  const directives: Directive[] = [];
  for (let at = 0; at + 1 < sections.length; at += 2) {
    directives.push(...readFile(sections[at] ?? '', (sections[at + 1] ?? '').replace(/^\n/, '')));
  }
  return directives;
}

/** The files that nginx has read. */
export function filesOfDump(dump: string): readonly string[] {
  return [...dump.matchAll(/^# configuration file (.+):$/gm)].map(([, file]) => file ?? '');
}

function readFile(file: string, text: string): readonly Directive[] {
  const directives: Directive[] = [];
  const inside: string[] = [];
  let words: string[] = [];
  let joined = false;
  let line = 1;
  let startLine = 1;
  let server = 0;
  for (const [part] of text.matchAll(token)) {
    const isGap = /^[\s#]/.test(part);
    if (part === ';' || part === '{' || part === '}') {
      if (words.length > 0)
        directives.push({ file, line: startLine, words, inside: [...inside], server });
      if (part === '{') {
        if (words[0] === 'server') server = startLine;
        inside.push(words[0] ?? '');
      }
      if (part === '}' && inside.pop() === 'server') server = 0;
      words = [];
    } else if (!isGap) {
      if (words.length === 0) startLine = line;
      // Words touch when no gap lies between them: `http://` and `$name` are one argument.
      if (joined) words.push((words.pop() ?? '') + unquoted(part));
      else words.push(unquoted(part));
    }
    joined = !isGap && !/^[;{}]$/.test(part);
    line += part.split('\n').length - 1;
  }
  return directives;
}

const unquoted = (part: string): string =>
  /^["']/.test(part) ? part.slice(1, -1).replaceAll(/\\(["'])/g, '$1') : part;
