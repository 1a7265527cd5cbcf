import { expect, test } from '@jest/globals';
import { filesOfDump, readNginxDump } from '../../../src/domain/proxy/nginx-syntax';

const dump = String.raw`nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
# configuration file /etc/nginx/nginx.conf:
user www-data; # not; a { directive }
http {
  log_format main '$remote_addr - "$request" {;}';
  map $status $bad { ~^[23] 0; default 1; }
  include conf.d/*.conf;
}
# configuration file /etc/nginx/conf.d/a.conf:
server {
  location ~ \.php$ {
    proxy_pass http://$up:80/x#y; fastcgi_pass "back end":9000;
    add_header A don't;
    set $${'{'}b} "say \"hi\"";
  }
}
`;

test('files, lines, words and blocks', () => {
  expect(filesOfDump(dump)).toEqual(['/etc/nginx/nginx.conf', '/etc/nginx/conf.d/a.conf']);
  const seen = readNginxDump(dump).map(({ file, line, words, inside }) =>
    [file.split('/').at(-1), line, inside.join('>'), ...words].join('|'),
  );
  expect(seen).toEqual([
    'nginx.conf|1||user|www-data',
    'nginx.conf|2||http',
    'nginx.conf|3|http|log_format|main|$remote_addr - "$request" {;}',
    'nginx.conf|4|http|map|$status|$bad',
    'nginx.conf|4|http>map|~^[23]|0',
    'nginx.conf|4|http>map|default|1',
    'nginx.conf|5|http|include|conf.d/*.conf',
    'a.conf|1||server',
    String.raw`a.conf|2|server|location|~|\.php$`,
    'a.conf|3|server>location|proxy_pass|http://$up:80/x#y',
    'a.conf|3|server>location|fastcgi_pass|back end:9000',
    "a.conf|4|server>location|add_header|A|don't",
    'a.conf|5|server>location|set|${b}|say "hi"',
  ]);
});

test.each(['', 'no dump at all', '# configuration file /x:\n', '# configuration file /x:\n}}{{;"'])(
  '%j ends',
  (text) => expect(readNginxDump(text).length).toBeLessThan(4),
);
