import { z } from 'zod';
import { mountedFolder, serviceName, url } from './fields';

const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, {
    error: 'expected a host name in lower case, without scheme and port',
  });

/** `release.<name>.route`. */
export const route = z
  .strictObject({
    host: z
      .union([hostName, z.array(hostName).min(1)], {
        error: 'expected a host name, or a list of them',
      })
      .optional()
      .describe('Host names it answers to; without one any, over plain HTTP'),
    path: z
      .string()
      .regex(/^\/[\w.~@:+,/-]*$/, { error: 'expected a path that starts with /' })
      .default('/')
      .describe('Prefix of the paths that are meant; the longest one wins'),
    strip: z.boolean().default(false).describe('Take the prefix off before the app sees it'),
  })
  .describe('Requests that the managed proxy sends to the service');

/** `proxy`; which keys belong to which kind is judged when all of the file is known. */
export const proxy = z.strictObject({
  kind: z
    .enum(['managed', 'nginx', 'caddy'])
    .default('managed')
    .describe('The proxy in front of the app; `managed` = a Caddy that Shiplock starts and owns'),
  service: serviceName
    .optional()
    .describe('Compose service of the proxy; leave out for an nginx that runs on the host itself'),
  project: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/, { error: 'expected a Compose project name' })
    .optional()
    .describe('Compose project of the proxy, where it is not that of the app'),
  'config-dir': mountedFolder
    .optional()
    .describe('Folder on the host for the include and the markers; the proxy must see it'),
  'shared-block': z
    .boolean()
    .default(false)
    .describe(
      'nginx: other apps are included in the same server block, variables carry app and environment',
    ),
  caddyfile: z
    .string()
    .regex(/^\/\S+$/, { error: 'expected an absolute path in the container' })
    .default('/etc/caddy/Caddyfile')
    .describe('caddy: the Caddyfile, as the container sees it'),
  image: z
    .string()
    .regex(/^[^\s-]\S*$/, { error: 'expected an image' })
    .optional()
    .describe('managed: a copy of the image for servers without a way to Docker Hub'),
  tls: z
    .enum(['public', 'internal', 'off'])
    .default('public')
    .describe("managed: who signs the certificates; `internal` is the proxy's own authority"),
  email: z
    .string()
    .regex(/^[\w.+-]+@[\w.-]+$/, { error: 'expected a mail address' })
    .optional()
    .describe('managed: where the public authority may write to'),
  confirm: url
    .optional()
    .describe('URL whose scheme, port and host reach the app; default the first `verify`'),
});
