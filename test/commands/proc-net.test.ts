import { describe, expect, test } from '@jest/globals';
import { countConnections } from '../../src/commands/proc-net';

const none = new Set<string>();
const heading =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

/** /proc/<pid>/net/tcp of an app on port 8000 at 172.18.0.5: listening, two visitors from the proxy at 172.18.0.2, one that ended, its own database. */
const tcp = [
  heading,
  '   0: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 3520841 1 0000000000000000 100 0 0 10 0',
  '   1: 0B00007F:8A91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3519023 1 0000000000000000 100 0 0 10 0',
  '   2: 050012AC:1F40 020012AC:D2F6 01 00000000:00000000 00:00000000 00000000  1000        0 3522117 1 0000000000000000 20 4 30 10 -1',
  '   3: 050012AC:1F40 020012AC:D30A 01 00000000:00000000 02:000008D6 00000000  1000        0 3522130 2 0000000000000000 20 4 28 10 -1',
  '   4: 050012AC:1F40 020012AC:D2E8 06 00000000:00000000 03:00000B2D 00000000     0        0 0 3 0000000000000000',
  '   5: 050012AC:B3C2 030012AC:1538 01 00000000:00000000 00:00000000 00000000  1000        0 3521900 1 0000000000000000 20 4 30 10 -1',
  '',
].join('\n');

/** tcp6 of a Node app, which listens on :::3000 and so sees IPv4 peers mapped into IPv6. */
const tcp6 = [
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
  '   0: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4410021 1 0000000000000000 100 0 0 10 0',
  '   1: 0000000000000000FFFF0000060012AC:0BB8 0000000000000000FFFF0000020012AC:C1B2 01 00000000:00000000 00:00000000 00000000  1000        0 4412207 1 0000000000000000 20 4 30 10 -1',
  '   2: 0000000000000000FFFF0000060012AC:0BB8 0000000000000000FFFF0000070012AC:A002 01 00000000:00000000 00:00000000 00000000  1000        0 4412300 1 0000000000000000 20 4 30 10 -1',
  '   3: 0000000000000000FFFF0000060012AC:0BB8 0000000000000000FFFF0000020012AC:C1C0 08 00000000:00000001 00:00000000 00000000  1000        0 4412233 1 0000000000000000 20 4 30 10 -1',
  '   4: 000080FE00000000FF2B4202FE9A5CFE:0BB8 000080FE00000000FF2B4202FE9A5C01:C1C1 03 00000000:00000000 01:00000034 00000000  1000        0 4412240 1 0000000000000000 20 4 30 10 -1',
  '',
].join('\n');

describe('countConnections', () => {
  test.each([
    ['nobody listens there', tcp, 8001, none, 0],
    ['the app listens only', tcp, 0x8a91, none, 0],
    ['two visitors, without the one that has gone and the one that is ours', tcp, 8000, none, 2],
    ['what the app opened itself is no visitor', tcp, 0x1538, none, 0],
    ['all from the slot itself', tcp, 8000, new Set(['172.18.0.2']), 0],
    ['mapped into IPv6: open, half closed and just arriving', tcp6, 3000, none, 4],
    ['mapped into IPv6, one of them from the slot itself', tcp6, 3000, new Set(['172.18.0.7']), 3],
    ['an empty address in what is left out', tcp6, 3000, new Set(['']), 4],
    ['a table without lines', heading, 8000, none, 0],
    ['no table at all', '', 8000, none, 0],
    ['a line that was cut off', `${heading}\n   2: 050012AC:1F40 02001`, 8000, none, 0],
  ])('%s', (_, text, port, leaveOut, count) => {
    expect(countConnections(text, port, leaveOut)).toBe(count);
  });
});
