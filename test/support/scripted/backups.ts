import { Duplex } from 'node:stream';
import { endScript } from '../../../src/commands/backup/end-work';
import {
  beginScript,
  discardScript,
  hashScript,
  holdScript,
  publishScript,
  shelfScript,
} from '../../../src/commands/backup/folder';
import { inventoryScript } from '../../../src/commands/backup/keep';
import { canBeStrict, sizeWords } from '../../../src/commands/backup/team-command';
import type { ScriptedWorld } from './world';

/** How backups behave on a server: \`engine: command\` on the host itself is known. */
export interface BackupSetting {
  /** How long a dump takes. */
  dumpMs: number;
}

/** What the scripts of a backup print; null = it is none of theirs. */
export async function answerBackup(
  { state, clock, changed }: ScriptedWorld,
  { dumpMs }: BackupSetting,
  argv: readonly string[],
  stdin: string,
): Promise<string | null> {
  const [, , text, , folder = '', name = '', to = ''] = argv.slice(Math.max(0, argv.indexOf('sh')));
  switch (text ?? '') {
    case shelfScript:
      return `${said('machine', 'm')}${said('room', '10485760 - /var')}`;
    case inventoryScript:
    case endScript:
    case canBeStrict[2]:
      return '';
    case beginScript:
      return `1-${name}\n`;
    case sizeWords('')[2]:
      return '10\n';
    case hashScript:
      return `${'a'.repeat(64)} 10 dump\n`;
    case publishScript:
      state.files[`${folder}/${name}/manifest.json`] = stdin;
      changed('publish');
      return '';
    case discardScript:
      changed('discard');
      return '';
  }
  if (!folder.includes('/.partial-')) return null;
  // The tool of a stage: what it is to write is the dump.
  if (to === 'dump') await clock.sleep(dumpMs);
  return '';
}

/** Holds the lock of the backups, as the script does. */
export function holdBackups(argv: readonly string[]): Duplex {
  if (argv[2] !== holdScript)
    throw new Error(`the scripted host opens no stream for ${argv.join(' ')}`);
  const stream: Duplex = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      stream.push(null);
      done();
    },
    allowHalfOpen: false,
  });
  stream.push('held\n');
  return stream;
}

const said = (name: string, value: string): string =>
  `${name}\t${Buffer.from(value).toString('base64')}\n`;
