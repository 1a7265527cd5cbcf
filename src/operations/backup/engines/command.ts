import { canBeStrict, sizeWords, teamCommand } from '../../../commands/backup/team-command';
import type { Problem } from '../../../domain/problem';
import { ShiplockError } from '../../../errors';
import { toolArgv, type Database } from '../database';
import type { DatabaseEngine, Dump, Inspection, Taken } from '../database-engine';
import { runStage } from '../run-stage';

const dumpFile = 'dump';

/**
 * The team's own dump: what the command prints is the backup, and the team's own check decides whether it is good. What is in it
 * nobody here knows, so nothing is counted, and no scratch server proves it.
 */
export const commandEngine: DatabaseEngine = {
  name: 'command',
  inspect: inspectCommand,
  dump: takeDump,
  readBack: async (database, backup) => [await check(database, backup)],
  prove: () => Promise.reject(cannot('restored for a proof')),
  restore: () => Promise.reject(cannot('restored by Shiplock')),
};

const cannot = (what: string): ShiplockError =>
  new ShiplockError(`what a command printed cannot be ${what}: only the team knows how`, {
    hint: 'Set verify: read. The verify-command is the proof; let it restore the dump somewhere and look into it.',
    fault: 'user',
  });

async function inspectCommand(database: Database): Promise<Inspection> {
  const { command, verifyCommand } = database.settings;
  const problems: Problem[] = [
    ...(command === null
      ? [{ path: 'command', says: 'is missing', fix: 'write the command that prints the dump' }]
      : []),
    ...(verifyCommand === null
      ? [
          {
            path: 'verify-command',
            says: 'is missing: nothing would tell a good dump from a bad one',
            fix: 'write a command that reads the dump from its stdin and ends with 0 only when it is good',
          },
        ]
      : []),
  ];
  const piped = [command, verifyCommand].some((text) => text?.includes('|') === true);
  const strict = await database.host.exec(toolArgv(database, canBeStrict));
  if (piped && strict.code !== 0) {
    problems.push({
      path: 'command',
      says: 'has a pipe, and the shell there forgets the exit code of its left side (no bash, no pipefail): half a dump would pass',
      fix: 'leave out the pipe (write the plain dump), or have bash there',
    });
  }
  return {
    problems,
    warnings: [
      'a dump by a command is proven by its verify-command alone: nothing is counted, no scratch restore',
    ],
    serverVersion: '',
    toolVersion: '',
    sizeBytes: 0,
    standing: 'filled',
    facts: {},
  };
}

async function takeDump(database: Database, _seen: Inspection, folder: string): Promise<Dump> {
  const { command } = database.settings;
  const { stage } = await runStage(database.host, {
    name: 'command',
    folder,
    argv: toolArgv(database, teamCommand(command ?? 'false')),
    to: dumpFile,
  });
  const { stdout } = await database.host.exec(sizeWords(`${folder}/${dumpFile}`));
  if (stdout.trim() === '0') {
    throw new ShiplockError(
      `${database.host.name}: the command ended with 0 and printed nothing: that is no backup`,
      { hint: 'It has to print the dump on its stdout.', fault: 'user' },
    );
  }
  return {
    files: [{ name: dumpFile }],
    stages: [stage],
    record: {
      toolVersion: '',
      serverVersion: '',
      consistency: 'best-effort',
      position: null,
      filters: [],
      objectCounts: {},
      rowCounts: {},
      facts: {},
    },
  };
}

/** Runs the team's check with the dump on its stdin; where it shares the file system, the path is its `$1`. */
async function check(database: Database, { folder }: Taken) {
  const { verifyCommand } = database.settings;
  const path = database.place.at === 'host' ? [`${folder}/${dumpFile}`] : [];
  const { stage } = await runStage(database.host, {
    name: 'verify-command',
    folder,
    argv: toolArgv(database, teamCommand(verifyCommand ?? 'false', path)),
    from: dumpFile,
  });
  return stage;
}
