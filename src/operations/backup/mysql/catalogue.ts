import { catalogueQuery, type Rows } from '../../../commands/backup/mysql-queries';
import type { DatabaseObjects } from '../../../commands/backup/mysql-restore';
import { askMysql, type MysqlServer } from './ask';

/** One table of rows; a snapshot holds only what is transactional. */
export interface Table {
  readonly name: string;
  readonly transactional: boolean;
}

/** What a server has in a database, as this user sees it. */
export interface Catalogue {
  readonly exists: boolean;
  readonly tables: readonly Table[];
  readonly objects: DatabaseObjects;
  readonly objectCounts: Readonly<Record<string, number>>;
  readonly sizeBytes: number;
  /** Their history is no part of a dump. */
  readonly versioned: readonly string[];
  /** Routines whose text this user may not read. */
  readonly hiddenRoutines: readonly string[];
}

/** Asks for it. */
export async function readCatalogue(server: MysqlServer, database: string): Promise<Catalogue> {
  return catalogueOf(await askMysql(server, catalogueQuery(database)));
}

/** Reads the rows of `catalogueQuery`. */
export function catalogueOf(rows: Rows): Catalogue {
  const of = (kind: string): Rows => rows.filter(([first]) => first === kind);
  const all = of('table');
  const typed = (types: readonly string[]): Rows =>
    all.filter(([, , type]) => types.includes(type ?? ''));
  const tables = typed(['BASE TABLE', 'SYSTEM VERSIONED']);
  const objects: DatabaseObjects = {
    movable: namesOf([...tables, ...typed(['SEQUENCE'])]),
    views: namesOf(typed(['VIEW'])),
    triggers: namesOf(of('trigger')),
    events: namesOf(of('event')),
    routines: of('routine').map(([, name, type]) => ({ name: name ?? '', type: type ?? '' })),
  };
  return {
    exists: of('schema').length > 0,
    tables: tables.map(([, name, , , transactions]) => ({
      name: name ?? '',
      transactional: transactions === 'YES',
    })),
    objects,
    objectCounts: {
      tables: tables.length,
      views: objects.views.length,
      triggers: objects.triggers.length,
      routines: objects.routines.length,
      events: objects.events.length,
      sequences: objects.movable.length - tables.length,
    },
    sizeBytes: all.reduce((sum, row) => sum + Number(row[5] ?? 0), 0),
    versioned: namesOf(typed(['SYSTEM VERSIONED'])),
    hiddenRoutines: namesOf(of('routine').filter(([, , , hidden]) => hidden === '1')),
  };
}

const namesOf = (rows: Rows): readonly string[] => rows.map(([, name]) => name ?? '');
