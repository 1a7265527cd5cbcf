import type { Problem } from '../problem';
import { nginxVariable, type Route } from './nginx-include';
import { filesOfDump, readNginxDump, type Directive } from './nginx-syntax';

const passes = ['proxy_pass', 'grpc_pass', 'fastcgi_pass', 'uwsgi_pass', 'scgi_pass'];

/**
 * What in the proxy's whole configuration (`nginx -T`) would keep a switch from working, or nginx from starting once only
 * slots run.
 * @param include path of our include as nginx sees it
 */
export function findIncludeProblems(
  dump: string,
  include: string,
  routes: readonly Route[],
): readonly Problem[] {
  const directives = readNginxDump(dump);
  const missing = filesOfDump(dump).includes(include)
    ? []
    : [{ path: 'nginx', says: `it does not include ${include}`, fix: addLines(include, routes) }];
  const foreign = directives.filter(({ file }) => file !== include);
  return [
    ...missing,
    ...foreign.flatMap((one) => tooEarly(one, include)),
    ...routes.flatMap((route) => routeProblems(foreign, route)),
  ];
}

/** A pattern in the http block that takes our file in as well would keep nginx from starting. */
function tooEarly(one: Directive, include: string): readonly Problem[] {
  const [name, pattern = ''] = one.words;
  if (name !== 'include' || one.inside.at(-1) !== 'http' || !globMatches(pattern, include))
    return [];
  const says = `"${one.words.join(' ')};" takes ${include} into the http block, where it has no meaning`;
  return [{ ...where(one), says, fix: 'choose a folder of its own for proxy.config-dir' }];
}

function globMatches(pattern: string, path: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replaceAll(/[.+^$()[\]{}|\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`).test(path);
}

function addLines(include: string, routes: readonly Route[]): string {
  const lines = routes.map(({ service }) => `proxy_pass http://${nginxVariable(service)};`);
  return `put "include ${include};" into the server block of the app, and ${lines.map((line) => `"${line}"`).join(', ')} into its locations`;
}

function routeProblems(directives: readonly Directive[], { service }: Route): readonly Problem[] {
  const variable = nginxVariable(service);
  const sent = directives.filter(({ words: [name = ''] }) => passes.includes(name));
  const literal = directives.filter((one) => pointsTo(one, service));
  const using = sent.filter(({ words: [, target = ''] }) => target.includes(bare(variable)));
  const unused = using.length > 0 || literal.length > 0 ? [] : [unusedProblem(variable)];
  return [
    ...literal.map((one) => literalProblem(one, service, variable)),
    ...using.flatMap((one) => uriProblem(one, variable)),
    ...unused,
  ];
}

/** `$name` and `${name}` are the same variable. */
function bare(variable: string): string {
  return variable.slice(1);
}

function pointsTo({ words, inside }: Directive, service: string): boolean {
  const [name = '', target = ''] = words;
  const isServer = name === 'server' && inside.at(-1) === 'upstream';
  if (!passes.includes(name) && !isServer) return false;
  const authority = target.replace(/^\w+:\/\//, '').split('/')[0] ?? '';
  return authority.replace(/:\d+$/, '').toLowerCase() === service.toLowerCase();
}

const where = ({ file, line }: Directive): Pick<Problem, 'path' | 'line'> => ({ path: file, line });

function literalProblem(one: Directive, service: string, variable: string): Problem {
  const written = `${one.words.join(' ')};`;
  const says = `"${written}" names ${service}, which nginx looks up once at its start and does not start without`;
  if (one.words[0] === 'server') {
    const fix = `remove the upstream block and write proxy_pass http://${variable}; where it is used`;
    return { ...where(one), says, fix };
  }
  const [name = 'proxy_pass', target = ''] = one.words;
  const scheme = /^\w+:\/\//.exec(target)?.[0] ?? (name === 'proxy_pass' ? 'http://' : '');
  const uri = target.slice(scheme.length).replace(/^[^/]*/, '');
  return { ...where(one), says, fix: `write ${name} ${scheme}${variable};${rewriteFor(uri)}` };
}

/** With a variable nginx sends the URI as written, not the rest of the request's path. */
function rewriteFor(uri: string): string {
  if (uri === '') return '';
  return ` and before it, to go on replacing the prefix of the location with ${uri}, a line like: rewrite ^/prefix/(.*)$ ${uri.replace(/\/?$/, '/')}$1 break;`;
}

function uriProblem(one: Directive, variable: string): readonly Problem[] {
  const target = one.words[1] ?? '';
  const uri = target.replace(/^\w+:\/\//, '').replace(/^[^/]*/, '');
  if (uri === '' || uri.includes('$')) return [];
  const says = `"${one.words.join(' ')};" sends every request to the path ${uri}, because the address is a variable`;
  const fix = `write ${one.words[0] ?? ''} http://${variable};${rewriteFor(uri)}`;
  return [{ ...where(one), says, fix }];
}

function unusedProblem(variable: string): Problem {
  const says = `no location sends requests to ${variable}`;
  return {
    path: 'nginx',
    says,
    fix: `write proxy_pass http://${variable}; in the location of the service`,
  };
}
