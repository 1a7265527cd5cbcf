import type { Problem } from '../problem';
import type { IncludeRequest } from './driver';
import { markerPaths } from './markers';
import { nginxVariable } from './nginx-include';
import type { Route } from './routes';
import { filesOfDump, readNginxDump, type Directive } from './nginx-syntax';

const passes = ['proxy_pass', 'grpc_pass', 'fastcgi_pass', 'uwsgi_pass', 'scgi_pass'];

/**
 * What in the proxy's whole configuration (`nginx -T`) would keep a switch from working, or nginx from starting once only
 * slots run.
 * @param services the released ones that must be routed to
 */
export function findIncludeProblems(
  dump: string,
  request: IncludeRequest,
  services: readonly string[],
): readonly Problem[] {
  const { include } = markerPaths(request.dir, request.app, request.environment);
  const variables = request.routes
    .filter(({ service }) => services.includes(service))
    .map((route) => ({ route, variable: nginxVariable(route.service, request) }));
  const missing = filesOfDump(dump).includes(include)
    ? []
    : [
        {
          path: 'nginx',
          says: `it does not include ${include}`,
          fix: addLines(include, variables),
        },
      ];
  const directives = readNginxDump(dump);
  const own = directives.filter(({ file }) => file === include);
  const foreign = directives.filter(({ file }) => file !== include);
  return [
    ...missing,
    ...foreign.flatMap((one) => tooEarly(one, include)),
    ...variables.flatMap((one) =>
      routeProblems(request.outside === true ? inOurBlocks(foreign, include) : foreign, one),
    ),
    ...leavingVariables(own, request).flatMap((variable) => leftBehind(foreign, variable)),
  ];
}

/** What stands in server blocks that take our include in. */
function inOurBlocks(directives: readonly Directive[], include: string): readonly Directive[] {
  const key = ({ file, server }: Directive): string => `${file}:${server}`;
  const takesIn = ({ words: [name, pattern = ''], server }: Directive): boolean =>
    name === 'include' &&
    server > 0 &&
    (globMatches(pattern, include) || include.endsWith(`/${pattern}`));
  const ours = new Set(directives.filter(takesIn).map(key));
  return directives.filter((one) => ours.has(key(one)));
}

/** What the include that is read now sets and the next one will not. */
function leavingVariables(own: readonly Directive[], request: IncludeRequest): readonly string[] {
  const staying = [...request.routes.map(({ service }) => service), 'slot'];
  const next = new Set(staying.map((service) => nginxVariable(service, request)));
  const now = own.filter(({ words }) => words[0] === 'set').map(({ words }) => words[1] ?? '');
  return [...new Set(now)].filter((variable) => !next.has(variable));
}

/** nginx would not read a configuration that goes on naming them. */
function leftBehind(foreign: readonly Directive[], variable: string): readonly Problem[] {
  if (foreign.some(({ words }) => words[0] === 'set' && words[1] === variable)) return [];
  return foreign
    .filter(({ words }) => words.some((word) => uses(word, variable)))
    .map((one) => ({
      ...where(one),
      says: `"${one.words.join(' ')};" names ${variable}, which no release has any more`,
      fix: 'remove it there and reload nginx, or take the service into release again',
    }));
}

/** A route with the variable that holds its live address. */
interface Routed {
  readonly route: Route;
  readonly variable: string;
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

function addLines(include: string, routed: readonly Routed[]): string {
  const lines = routed.map(({ variable }) => `proxy_pass http://${variable};`);
  return `put "include ${include};" into the server block of the app, and ${lines.map((line) => `"${line}"`).join(', ')} into its locations`;
}

function routeProblems(
  directives: readonly Directive[],
  { route, variable }: Routed,
): readonly Problem[] {
  const sent = directives.filter(({ words: [name = ''] }) => passes.includes(name));
  const literal = directives.filter((one) => pointsTo(one, route));
  const using = sent.filter(({ words: [, target = ''] }) => uses(target, variable));
  const unused = using.length > 0 || literal.length > 0 ? [] : [unusedProblem(variable)];
  return [
    ...literal.map((one) => literalProblem(one, route, variable)),
    ...using.flatMap((one) => uriProblem(one, variable)),
    ...unused,
  ];
}

/** `$name` and `${name}` are the same variable; `$name_more` is another. */
function uses(target: string, variable: string): boolean {
  return new RegExp(`\\$\\{?${variable.slice(1)}(?!\\w)`).test(target);
}

/** A pass to what ran before the first release: by the plain name of the service, or by the port that it publishes. */
function pointsTo({ words, inside }: Directive, { at }: Route): boolean {
  const [name = '', target = ''] = words;
  const isServer = name === 'server' && inside.at(-1) === 'upstream';
  if (!passes.includes(name) && !isServer) return false;
  const [, host = '', port = '80'] =
    /^(.*?)(?::(\d+))?$/.exec(target.replace(/^\w+:\/\//, '').split('/')[0] ?? '') ?? [];
  const [plainHost = '', plainPort] = at.adopted.split(':');
  if (isAddress(plainHost)) return loopback.includes(host.toLowerCase()) && port === plainPort;
  return host.toLowerCase() === plainHost.toLowerCase();
}

const loopback = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0'];

const isAddress = (host: string): boolean => /^[\d.]+$/.test(host);

const where = ({ file, line }: Directive): Pick<Problem, 'path' | 'line'> => ({ path: file, line });

function literalProblem(one: Directive, { service, at }: Route, variable: string): Problem {
  const written = `${one.words.join(' ')};`;
  const says = isAddress(at.adopted.split(':')[0] ?? '')
    ? `"${written}" leads to the ${service} from before the first release, and to no slot`
    : `"${written}" names ${service}, which nginx looks up once at its start and does not start without`;
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
