import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { CommandStream } from '../../src/platform/command-stream';
import type { Ending, RunningCommand } from '../../src/platform/running-command';

test('a command that ended before it was written to is told by how it ended, not by its closed pipe', async () => {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let end: (ending: Ending) => void = () => undefined;
  const ended = new Promise<Ending>((resolve) => (end = resolve));
  const command: RunningCommand = {
    label: 'docker',
    stdin,
    stdout,
    stderr,
    ended,
    stop: () => undefined,
  };
  const stream = new CommandStream(command);
  const failure = new Promise<Error>((resolve) => stream.once('error', resolve));
  stdin.end();
  stream.write('GET /version');
  stderr.write('sh: 1: docker: not found');
  setImmediate(() => {
    end({ kind: 'exited', code: 127 });
  });
  expect((await failure).message).toBe('docker ended with code 127: sh: 1: docker: not found');
});
