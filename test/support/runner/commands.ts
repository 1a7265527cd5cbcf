/** A workflow command in a log line; property names are lower case. */
export interface WorkflowCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const registered: ReadonlySet<string> = new Set([
  ...[
    'add-mask',
    'add-matcher',
    'add-path',
    'debug',
    'echo',
    'endgroup',
    'error',
    'group',
    'notice',
  ],
  ...['remove-matcher', 'save-state', 'set-env', 'set-output', 'stop-commands', 'warning'],
]);

/** Reads log lines as the runner does, which stops obeying between `stop-commands` and its token. */
export function createCommandReader(): (line: string) => WorkflowCommand | null {
  let token: string | null = null;
  return (line) => {
    const known = (name: string): boolean =>
      registered.has(name) || (token !== null && name === token.toLowerCase());
    const command = readCommand(line, known) ?? readOldCommand(line, known);
    if (token === null) {
      if (command?.command === 'stop-commands') token = command.data;
      return command;
    }
    if (command?.command === token.toLowerCase()) token = null;
    return null;
  };
}

/** `::name key=value,key=value::data`, after leading blanks only. */
function readCommand(line: string, known: (name: string) => boolean): WorkflowCommand | null {
  const text = line.trimStart();
  const end = text.startsWith('::') ? text.indexOf('::', 2) : -1;
  if (end < 0) return null;
  return commandOf(text.slice(2, end), text.slice(end + 2), known, {
    separator: ',',
    data: ['%0D', '%0A', '%25'],
    property: ['%0D', '%0A', '%3A', '%2C', '%25'],
  });
}

/** `##[name key=value;key=value]data`, the older form, obeyed anywhere in a line. */
function readOldCommand(line: string, known: (name: string) => boolean): WorkflowCommand | null {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return null;
  const escapes = ['%3B', '%0D', '%0A', '%5D', '%25'];
  return commandOf(line.slice(start + 3, end), line.slice(end + 1), known, {
    separator: ';',
    data: escapes,
    property: escapes,
  });
}

interface Spelling {
  readonly separator: string;
  readonly data: readonly string[];
  readonly property: readonly string[];
}

function commandOf(
  head: string,
  data: string,
  known: (name: string) => boolean,
  spelling: Spelling,
): WorkflowCommand | null {
  const [name = '', ...words] = head.split(' ');
  const command = name.toLowerCase();
  if (!known(command)) return null;
  const properties: Record<string, string> = {};
  for (const property of words.join(' ').trim().split(spelling.separator)) {
    const [key = '', ...value] = property.split('=');
    if (key !== '' && value.join('=') !== '') {
      properties[key.toLowerCase()] = unescaped(value.join('='), spelling.property);
    }
  }
  return { command, properties, data: unescaped(data, spelling.data) };
}

// In this order, as the runner: `%25` last, so that `%250A` stays the text `%0A`.
function unescaped(text: string, escapes: readonly string[]): string {
  return escapes.reduce((sum, code) => sum.replaceAll(code, decodeURIComponent(code)), text);
}
