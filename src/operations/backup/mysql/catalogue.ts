import { catalogueQuery, type Rows } from '../../../commands/backup/mysql-queries';
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
  return {
    exists: of('schema').length > 0,
    tables: tables.map(([, name, , , transactions]) => ({
      name: name ?? '',
      transactional: transactions === 'YES',
    })),
    objectCounts: {
      tables: tables.length,
      views: typed(['VIEW', 'SYSTEM VIEW']).length,
      triggers: of('trigger').length,
      routines: of('routine').length,
      events: of('event').length,
      sequences: typed(['SEQUENCE']).length,
    },
    sizeBytes: all.reduce((sum, row) => sum + Number(row[5] ?? 0), 0),
    versioned: typed(['SYSTEM VERSIONED']).map(([, name]) => name ?? ''),
    hiddenRoutines: of('routine').flatMap(([, name, , hidden]) =>
      hidden === '1' ? [name ?? ''] : [],
    ),
  };
}
