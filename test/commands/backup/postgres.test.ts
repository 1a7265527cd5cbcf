import { describe, expect, test } from '@jest/globals';
import { connectionText, quoteName, readPostgresUrl } from '../../../src/commands/backup/postgres';

describe('the URL of a managed database', () => {
  test('is taken apart, and its password goes another way', () => {
    const read = readPostgresUrl(
      'postgresql://us%40er:p%2Fw@db.example.com:5433/sh%20op?sslmode=require&password=x&options=-c',
    );
    expect(read?.password).toBe('p/w');
    expect(read === null ? '' : connectionText(read.target)).toBe(
      "host='db.example.com' port='5433' user='us@er' dbname='sh op' sslmode='require' application_name='shiplock'",
    );
  });

  test.each(['', 'mysql://h/d', 'postgres://', 'postgres://h/', 'host=x dbname=y'])(
    'is none: %j',
    (text) => expect(readPostgresUrl(text)).toBeNull(),
  );
});

test('what is in a value of a connection cannot end it', () => {
  const text = connectionText({
    ...{ database: `o'hara\\ host='evil'`, user: null, host: null, port: null, more: {} },
  });
  expect(text).toBe(`dbname='o\\'hara\\\\ host=\\'evil\\'' application_name='shiplock'`);
});

test('what is in a name cannot end it', () => expect(quoteName('a"; drop')).toBe('"a""; drop"'));
