import { describe, expect, test } from '@jest/globals';
import { findIncludeProblems } from '../../../src/domain/proxy/nginx-check';
import { includeRequest } from '../../support/include-request';

const include = '/etc/nginx/shiplock/shop-production.conf';
const request = includeRequest({ web: 8000 });

/** What nginx -T prints for a site, with or without our file read. */
const dump = (site: string, read = true, http = 'include conf.d/*.conf;') =>
  [
    `# configuration file /etc/nginx/nginx.conf:\nhttp {\n  ${http}\n}\n`,
    `# configuration file /etc/nginx/conf.d/site.conf:\n${site}\n`,
    read ? `# configuration file ${include}:\nset $shiplock_web web:8000;\n` : '',
  ].join('');
const good =
  'server {\n  include shiplock/shop-production.conf;\n  location / { proxy_pass http://$shiplock_web; }\n}';
const found = (text: string) =>
  findIncludeProblems(text, request, ['web']).map(
    ({ path, line, says, fix }) => `${path}:${line ?? ''} ${says} → ${fix}`,
  );

describe('found', () => {
  test.each([
    [
      'a missing include',
      dump('server { location / { proxy_pass http://$shiplock_web; } }', false),
      [`it does not include ${include}`, `put "include ${include};" into the server block`],
    ],
    [
      'a name in proxy_pass',
      dump('server {\n\n  location / { proxy_pass http://web:8000; } }'),
      [
        '/etc/nginx/conf.d/site.conf:3 "proxy_pass http://web:8000;" names web, which nginx looks up once at its start and does not start without',
        'write proxy_pass http://$shiplock_web;',
      ],
    ],
    [
      'a name in other letters',
      dump('server { location / { proxy_pass http://WEB; } }'),
      ['names web'],
    ],
    [
      'a name with a path',
      dump('server { location /api/ { proxy_pass http://web:8000/; } }'),
      ['rewrite ^/prefix/(.*)$ /$1 break;'],
    ],
    [
      'a name with a longer path',
      dump('server { location /api/ { proxy_pass https://web/v1; } }'),
      ['write proxy_pass https://$shiplock_web;', 'rewrite ^/prefix/(.*)$ /v1/$1 break;'],
    ],
    [
      'an upstream',
      dump('upstream app { server web:8000; }\nserver { location / { proxy_pass http://app; } }'),
      [
        '"server web:8000;" names web',
        'remove the upstream block and write proxy_pass http://$shiplock_web; where it is used',
      ],
    ],
    [
      'FastCGI',
      dump('server { location / { fastcgi_pass web:9000; } }'),
      ['write fastcgi_pass $shiplock_web;'],
    ],
    [
      'no use of the variable',
      dump('server { include x; }'),
      ['no location sends requests to $shiplock_web'],
    ],
    [
      'a variable with a fixed path',
      dump('server { location / { proxy_pass http://$shiplock_web/; } }'),
      ['sends every request to the path /'],
    ],
    [
      'a folder that http reads as a whole',
      dump(good, true, 'include /etc/nginx/shiplock/*.conf;'),
      [`takes ${include} into the http block`, 'choose a folder of its own'],
    ],
  ])('%s', (_, text, parts) => {
    const problems = found(text);
    expect(problems).toHaveLength(1);
    for (const part of parts) expect(problems[0]).toContain(part);
  });

  test('a variable that the next include does not have any more', () => {
    const old = 'server { location /old { proxy_pass http://$shiplock_old; } }';
    const read = `${dump(`${good}\n${old}`)}set $shiplock_old old:80;\n`;
    expect(found(read)).toEqual([
      '/etc/nginx/conf.d/site.conf:5 "proxy_pass http://$shiplock_old;" names $shiplock_old, which no release has any more → remove it there and reload nginx, or take the service into release again',
    ]);
    // In another app's block it is set by another include.
    expect(found(`${read}# configuration file /x.conf:\nset $shiplock_old other:80;\n`)).toEqual(
      [],
    );
  });

  test('on the host, the port of what ran before the first release, however it is written', () => {
    const at = { adopted: '127.0.0.1:8000', blue: '127.0.0.1:21000', green: '127.0.0.1:21001' };
    const onHost = { ...request, routes: [{ service: 'web', at }] };
    const says = (target: string) =>
      findIncludeProblems(
        dump(`${good}\nserver { location / { proxy_pass ${target}; } }`),
        onHost,
        ['web'],
      ).map((problem) => problem.says);
    for (const target of ['http://127.0.0.1:8000', 'http://localhost:8000/', 'http://[::1]:8000']) {
      expect(says(target)).toEqual([
        `"proxy_pass ${target};" leads to the web from before the first release, and to no slot`,
      ]);
    }
    for (const target of ['http://127.0.0.1:8001', 'http://localhost', 'http://web:8000'])
      expect(says(target)).toEqual([]);
  });

  test('behind the proxy of another stack, plain names in the blocks that take our file in, and in no other', () => {
    const outside = { ...request, outside: true };
    const says = (site: string) =>
      findIncludeProblems(dump(site), outside, ['web']).map((problem) => problem.says);
    const others = 'server { location / { proxy_pass http://web; } }';
    expect(says(`${others}\n${good}\n${others}`)).toEqual([]);
    const mixed = good.replace('location / {', 'location /old { proxy_pass http://web; } $&');
    for (const written of [mixed, mixed.replace('shiplock/', '/etc/nginx/shiplock/')]) {
      expect(says(`${others}\n${written}`)).toEqual([
        '"proxy_pass http://web;" names web, which nginx looks up once at its start and does not start without',
      ]);
    }
  });

  test('all of them', () => {
    const site =
      'server { location / { proxy_pass http://web; } location /x { proxy_pass http://web:1/y; } }';
    expect(found(dump(site, false))).toHaveLength(3);
  });
});

describe('fine', () => {
  test.each([
    ['the usual', dump(good)],
    [
      'braces around the name',
      dump('server { location / { proxy_pass http://${shiplock_web}; } }'),
    ],
    [
      'a path made of variables',
      dump('server { location / { proxy_pass http://$shiplock_web$request_uri; } }'),
    ],
    ['a name in a comment', dump(`${good}\n# proxy_pass http://web:8000;`)],
    [
      'a name that only begins alike',
      dump(`${good}\nserver { location / { proxy_pass http://web-admin:80; } }`),
    ],
    ['a server_name', dump(`${good}\nserver { server_name web; }`)],
  ])('%s', (_, text) => expect(found(text)).toEqual([]));
});
