import { messageOf } from '../../errors';
import type { Problem } from '../problem';
import { readEntries, type Entry } from './entries';
import { readPattern, refEvents, type OwnPart, type RuleType, type TagRule } from './tag-rule';

/** The highest comes first, and the first tag is the version. */
const priorities: Readonly<Record<RuleType, number>> = {
  schedule: 1000,
  semver: 900,
  pep440: 900,
  match: 800,
  edge: 700,
  ref: 600,
  raw: 200,
  sha: 100,
};
const types = Object.keys(priorities) as RuleType[];

const common = ['enable', 'priority', 'prefix', 'suffix'];
const attributes: Readonly<Record<RuleType, readonly string[]>> = {
  schedule: ['pattern'],
  semver: ['pattern', 'value', 'match'],
  pep440: ['pattern', 'value', 'match'],
  match: ['pattern', 'group', 'value'],
  edge: ['branch'],
  ref: ['event'],
  raw: ['value'],
  sha: ['format'],
};

/** The rules when the input is empty. */
const defaults = 'type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr';

export interface ReadRules {
  /** In the order in which they are tried: by priority, as written within one. */
  readonly rules: readonly TagRule[];
  readonly problems: readonly Problem[];
  /** What is accepted as docker/metadata-action does, and is probably not meant. */
  readonly warnings: readonly string[];
}

/** Reads the input `tags`; every line that is wrong is a problem with its number. */
export function readRules(text: string): ReadRules {
  const written = readEntries('tags', text);
  const problems = [...written.problems];
  const entries = written.entries.length + problems.length > 0 ? written.entries : defaultEntries();
  const warnings: string[] = [];
  const rules = entries.flatMap((entry) => {
    const read = readRule(entry, warnings);
    if (typeof read === 'object' && 'says' in read) {
      problems.push({ path: 'input tags', line: entry.line, ...read });
      return [];
    }
    return [read];
  });
  return { rules: rules.toSorted((one, two) => two.priority - one.priority), problems, warnings };
}

function defaultEntries(): readonly Entry[] {
  return readEntries('tags', defaults).entries.map((entry) => ({ ...entry, line: 0 }));
}

type Wrong = Pick<Problem, 'says' | 'fix'>;
type Attributes = ReadonlyMap<string, string>;

function readRule(entry: Entry, warnings: string[]): TagRule | Wrong {
  const given = new Map(entry.fields.map(({ key, value }) => [key ?? 'value', value]));
  const named = given.get('type') ?? 'raw';
  const type = types.find((one) => one === named);
  if (type === undefined) {
    const says = `Unknown tag type attribute: ${named}`;
    return { says, fix: `use one of: ${types.join(', ')}` };
  }
  const priority = Number(given.get('priority') ?? priorities[type]);
  if (!Number.isFinite(priority)) {
    const says = `its priority ${JSON.stringify(given.get('priority'))} is no number`;
    return { says, fix: 'write a number, such as priority=900' };
  }
  const own = readOwn(type, given, entry.text);
  if ('says' in own) return own;
  warnings.push(...lint(entry, type));
  return {
    line: entry.line,
    text: entry.text,
    enable: given.get('enable') ?? 'true',
    priority,
    prefix: given.get('prefix') ?? ownPrefix(own),
    suffix: given.get('suffix') ?? null,
    ...own,
  };
}

function readOwn(type: RuleType, given: Attributes, text: string): OwnPart | Wrong {
  const get = (name: string, otherwise = ''): string => given.get(name) ?? otherwise;
  const missing = (name: string, fix: string): Wrong => ({
    says: `Missing ${name} attribute for ${text}`,
    fix,
  });
  switch (type) {
    case 'schedule':
      return { type, pattern: get('pattern', 'nightly') };
    case 'semver':
    case 'pep440':
      if (!given.has('pattern')) return missing('pattern', 'add pattern={{version}}');
      return (
        noPattern('match', get('match')) ?? {
          type,
          pattern: get('pattern'),
          value: get('value'),
          match: get('match'),
        }
      );
    case 'match':
      if (!given.has('pattern')) return missing('pattern', 'add pattern=v(.*),group=1');
      return readMatch(given, text);
    case 'edge':
      return { type, branch: get('branch') };
    case 'ref':
      return given.has('event') ? readRef(get('event'), text) : missing('event', 'add event=tag');
    case 'raw':
      if (!given.has('value')) return missing('value', 'add value=NAME');
      return { type, value: get('value') };
    case 'sha':
      return readSha(get('format', 'short'), text);
  }
}

function readMatch(given: Attributes, text: string): OwnPart | Wrong {
  const [pattern = '', group = '0', value = ''] = ['pattern', 'group', 'value'].map((name) =>
    given.get(name),
  );
  if (Number.isNaN(Number(group)))
    return { says: `Invalid match group for ${text}`, fix: 'write the number of the group' };
  return noPattern('pattern', pattern) ?? { type: 'match', pattern, group, value };
}

/** Why a text is no regular expression; null when it is one. */
function noPattern(attribute: string, text: string): Wrong | null {
  try {
    readPattern(text);
    return null;
  } catch (thrown) {
    return {
      says: `its ${attribute} is no regular expression: ${messageOf(thrown)}`,
      fix: 'correct it, or escape it',
    };
  }
}

function readRef(event: string, text: string): OwnPart | Wrong {
  const known = refEvents.find((one) => one === event);
  if (known === undefined)
    return { says: `Invalid event for ${text}`, fix: `use one of: ${refEvents.join(', ')}` };
  return { type: 'ref', event: known };
}

function readSha(format: string, text: string): OwnPart | Wrong {
  if (format !== 'short' && format !== 'long')
    return { says: `Invalid format for ${text}`, fix: 'write short or long' };
  return { type: 'sha', format };
}

function ownPrefix(own: OwnPart): string | null {
  if (own.type === 'sha') return 'sha-';
  return own.type === 'ref' && own.event === 'pr' ? 'pr-' : null;
}

function lint({ line, text, fields }: Entry, type: RuleType): readonly string[] {
  const where = line === 0 ? 'tags' : `tags, line ${line}`;
  const known = ['type', ...common, ...attributes[type]];
  const keys = fields.map(({ key }) => key);
  const unknown = keys.filter((key) => key !== null && !known.includes(key));
  const loose = keys.slice(1).includes(null);
  const dots = type === 'match' && /\\d[+*]?\.(?![*+?])/.test(text);
  const found = [
    ...unknown.map((key) => `${type} has no attribute ${key ?? ''}; it has ${known.join(', ')}`),
    ...(loose ? ['a comma divides fields: quote a field that has one, "pattern=\\d{1,2}"'] : []),
    ...(dots ? ['a dot matches any character, so 10.0 fits \\d.\\d: write \\.'] : []),
  ];
  return found.map((says) => `${where}: ${says} (${text})`);
}
