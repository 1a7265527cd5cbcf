import type { Duplex } from 'node:stream';
import { firstWords } from '../../../commands/backup/stage';
import { ShiplockError, messageOf } from '../../../errors';
import type { Host } from '../../../platform/host';

const mark = 'shiplock-end-of-answer';

/** A psql that stays open, so that several questions are asked in one transaction. */
export interface PostgresSession {
  /** Rows as tab-separated lines; throws what the server said when a statement fails, after which nothing more can be asked. */
  ask(statements: string): Promise<readonly string[]>;
  close(): void;
}

/** Opens it. @param first what is sent before anything else, such as the line with the password */
export async function openPostgres(
  host: Host,
  argv: readonly string[],
  first: string,
): Promise<PostgresSession> {
  const stream = await host.openStream(argv);
  const reader = answers(stream);
  if (first !== '') stream.write(first);
  return {
    ask: (statements) => {
      stream.write(`${statements}\n\\echo ${mark}\n`);
      return reader();
    },
    close: () => {
      stream.on('error', () => undefined);
      stream.destroy();
    },
  };
}

/** Gives the lines of one answer after the other. */
function answers(stream: Duplex): () => Promise<readonly string[]> {
  let rest = '';
  let lines: string[] = [];
  let failure: Error | null = null;
  let wake: (() => void) | null = null;
  const done: (readonly string[])[] = [];
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      if (line === mark) {
        done.push(lines);
        lines = [];
      } else lines.push(line);
    }
    wake?.();
  });
  const end = (thrown?: unknown): void => {
    failure ??= sessionFailure(thrown);
    wake?.();
  };
  stream.on('error', end);
  stream.on('close', () => {
    end();
  });
  return async () => {
    for (;;) {
      const answer = done.shift();
      if (answer !== undefined) return answer;
      if (failure !== null) throw failure;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

function sessionFailure(thrown: unknown): ShiplockError {
  const said = thrown === undefined ? 'it was closed' : messageOf(thrown);
  // The command's own label stands first; what the server said begins behind its code.
  const words = /ended with code \d+: (.*)/s.exec(said)?.[1] ?? said;
  return new ShiplockError(`the session with the database ended: ${firstWords(words)}`, {
    // Not the cause: it has all that the tool said, and rows may be in it.
    fault: 'remote',
  });
}
