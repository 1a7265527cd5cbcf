import { expect, test } from '@jest/globals';
import { formatHostAddress, parseHostAddress, parseJumps } from '../../src/config/host-address';

test.each([
  ...[
    '',
    ' ',
    '@host',
    'user@',
    'a b',
    'host:',
    'host:0',
    'host:65536',
    'host:ssh',
    '-oProxyCommand=x',
  ],
  ...['u@-host', 'a@b@c', '::1', 'user:secret@host', '[::1', '[]', 'host:22:22', 'ssh://host'],
])('%j is no address', (text) => expect(parseHostAddress(text)).toBeUndefined());

test.each([
  ['host', { user: null, host: 'host', port: null }],
  ['deploy@app.example.com', { user: 'deploy', host: 'app.example.com', port: null }],
  ['deploy@10.0.0.7:2222', { user: 'deploy', host: '10.0.0.7', port: 2222 }],
  ['deploy@[2001:db8::1]', { user: 'deploy', host: '2001:db8::1', port: null }],
  ['[::1]:2222', { user: null, host: '::1', port: 2222 }],
  ['[::1]', { user: null, host: '::1', port: null }],
  ['u@[fe80::1%eth0]:22', { user: 'u', host: 'fe80::1%eth0', port: 22 }],
])('%s is read and written back', (text, address) => {
  expect(parseHostAddress(` ${text}\n`)).toEqual(address);
  expect(formatHostAddress(address)).toBe(text);
});

test.each([
  ['none', []],
  [' ops@bastion.example.com ', [{ user: 'ops', host: 'bastion.example.com', port: null }]],
  [
    'ops@first:2222, me@[2001:db8::2]:22',
    [
      { user: 'ops', host: 'first', port: 2222 },
      { user: 'me', host: '2001:db8::2', port: 22 },
    ],
  ],
  ...['', ',', 'ops@a,', 'ops@a b', 'ssh://ops@a', 'ops@a;ops@b', 'ops@::1'].map(
    (text): [string, undefined] => [text, undefined],
  ),
])('jump hosts %j', (text, jumps) => {
  expect(parseJumps(text)).toEqual(jumps);
});
