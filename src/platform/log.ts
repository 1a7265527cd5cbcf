/** What a run tells while it goes on; every text may come from a server and is printed so that nobody obeys it. */
export interface Log {
  line(text: string): void;
  /** Shown on the run's page too, where there is one. */
  warning(text: string): void;
  phase(name: string): Phase;
  /** Lines of another program, told apart from our own. */
  foreign(title: string, lines: readonly string[]): void;
}

/** One phase of a run: a start line, its lines, and an end line with the seconds it took. */
export interface Phase {
  line(text: string): void;
  done(text?: string): void;
  failed(text?: string): void;
}

export interface LogSink {
  readonly write: (line: string) => void;
  readonly warn: (text: string) => void;
  /** Takes secrets out. */
  readonly hide: (text: string) => string;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  /** What stands before and behind the lines of another program, so that nobody obeys them. */
  readonly fence: () => readonly [string, string];
}

/** A log that writes lines to any place; GitHub or a terminal is the sink's affair. */
export function createLog(sink: LogSink): Log {
  const write = (text: string, indent = ''): void => {
    for (const line of inertLines(sink.hide(text))) sink.write(indent + line);
  };
  return {
    line: (text) => {
      write(text);
    },
    warning: (text) => {
      sink.warn(inertLines(sink.hide(text)).join('\n'));
    },
    phase: (name) => startPhase(name, write, sink.now),
    foreign: (title, lines) => {
      write(title);
      const [before, behind] = sink.fence();
      sink.write(before);
      for (const line of lines) write(line, '  ');
      sink.write(behind);
    },
  };
}

function startPhase(
  name: string,
  write: (text: string, indent?: string) => void,
  now: () => number,
): Phase {
  const startedAt = now();
  write(`▸ ${name}`);
  const end = (mark: string, text: string): void => {
    const seconds = ((now() - startedAt) / 1000).toFixed(1);
    write(`${mark} ${name.padEnd(10)}${text.padEnd(64)}${seconds.padStart(7)} s`);
  };
  return {
    line: (text) => {
      write(text, '  ');
    },
    done: (text = '') => {
      end('✓', text);
    },
    failed: (text = '') => {
      end('✗', text);
    },
  };
}

// eslint-disable-next-line no-control-regex -- escape sequences are what this one is about
const escapeSequence = /\u001b\[[0-?]*[ -/]*[@-~]/g;
const control = /(?!\t)\p{Cc}/gu;

/**
 * The lines of a text, so changed that the runner takes none of them for a workflow command: it reads `::name::` at the
 * start of a line, `##[name]` anywhere, and ends a line at a lone carriage return (actions/runner, ActionCommand.cs).
 */
export function inertLines(text: string): readonly string[] {
  return text
    .replace(escapeSequence, '')
    .split(/\r\n|\r|\n/)
    .map((line) =>
      line
        .replace(control, '')
        .replace(/^(\s*):(?=:)/, '$1: ')
        .replaceAll('##[', '## ['),
    );
}
