import { createCommandReader, type WorkflowCommand } from './commands';

/** What GitHub shows beside the log. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** The log of one job, as it grows. */
export interface RunnerLog {
  /** Lines as people see them: masked, commands obeyed. */
  readonly shown: string[];
  /** Lines as the process wrote them, without those that only told what to mask. */
  readonly written: string[];
  readonly commands: WorkflowCommand[];
  readonly annotations: Annotation[];
  hear(line: string): void;
  annotate(annotation: Annotation): void;
  hide(text: string): string;
  /** Annotations are counted, and commands obeyed again, from here on. */
  nextStep(): void;
}

// The runner keeps this many annotations of a level in a step, and cuts their text.
const annotationLimit = 10;
const messageLimit = 4096;

/** `debug` shows debug lines, as ACTIONS_STEP_DEBUG does; `onLine` is told each shown line. */
export function createRunnerLog(debug: boolean, onLine: (line: string) => void): RunnerLog {
  const log = { shown: [], written: [], commands: [], annotations: [] } as Pick<
    RunnerLog,
    'shown' | 'written' | 'commands' | 'annotations'
  >;
  let masks: readonly string[] = [];
  let read = createCommandReader();
  let counts: Partial<Record<Annotation['level'], number>> = {};
  const hide = (text: string): string =>
    masks.reduce((hidden, mask) => hidden.replaceAll(mask, '***'), text);
  const show = (text: string): void => {
    const line = hide(text);
    log.shown.push(line);
    onLine(line);
  };
  const annotate = ({ level, message, properties }: Annotation): void => {
    const cut = message.slice(0, messageLimit);
    show(`##[${level}]${cut}`);
    counts[level] = (counts[level] ?? 0) + 1;
    if (counts[level] > annotationLimit) return;
    log.annotations.push({ level, message: hide(cut), properties });
  };
  const hear = (line: string): void => {
    const command = read(line);
    if (command?.command === 'add-mask') {
      masks = masksWith(masks, command.data);
      return;
    }
    log.written.push(line);
    if (command === null) {
      show(line);
      return;
    }
    log.commands.push(command);
    const { command: name, data, properties } = command;
    if (isLevel(name)) annotate({ level: name, message: data, properties });
    else if (name === 'group') show(`##[group]${data}`);
    else if (name === 'endgroup') show('##[endgroup]');
    else if (name === 'debug' && debug) show(`##[debug]${data}`);
  };
  const nextStep = (): void => {
    read = createCommandReader();
    counts = {};
  };
  return { ...log, hear, annotate, hide, nextStep };
}

function isLevel(name: string): name is Annotation['level'] {
  return name === 'error' || name === 'warning' || name === 'notice';
}

/** A mask hides its value and each of its lines; longest first, so that no longer one is left half readable. */
function masksWith(masks: readonly string[], value: string): readonly string[] {
  const lines = value.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  if (lines.length === 0) return masks;
  return [...new Set([...masks, value, ...lines])].sort((one, other) => other.length - one.length);
}
