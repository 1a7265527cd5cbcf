import { z } from 'zod';
import {
  command,
  count,
  duration,
  httpStatus,
  jsonFields,
  mountedFolder,
  namePattern,
  path,
  port,
  serviceName,
  url,
} from './fields';
import { proxy, route } from './proxy-schema';
import { scanSchema } from './scan-schema';
import { backupSchema } from './backup-schema';

const pacing = (intervalText: string, timeoutText: string, passes: number, deadline: string) => ({
  interval: duration.default(intervalText).describe('Pause between two probes'),
  timeout: duration.default(timeoutText).describe('Deadline of one probe'),
  successes: count.default(passes).describe('Passes in a row that count as healthy'),
  deadline: duration.default(deadline).describe('From the first probe to the verdict'),
});

const health = z
  .strictObject({
    path: z
      .string()
      .regex(/^\/\S*$/, { error: 'expected a path that starts with /' })
      .optional()
      .describe('HTTP path asked at each replica'),
    status: httpStatus.optional().describe('Expected HTTP status; default 200'),
    json: jsonFields.optional(),
    port: port.optional().describe('Container port of the probe; default the port of the service'),
    host: z.string().min(1).optional().describe('Host header of the probe'),
    command: z.string().min(1).optional().describe('Shell command in the container; 0 is healthy'),
    settle: duration
      .optional()
      .describe('How long a worker without any other check must stay up; default 5s'),
    ...pacing('1s', '5s', 2, '120s'),
  })
  .describe(
    'How a replica proves that it is ready: by `path`, by `command`, or (neither) by its HEALTHCHECK, else by its port, else by staying up',
  );

const service = z.strictObject({
  port: port.optional().describe('Container port the proxy routes to; leave out for a worker'),
  route: route.optional(),
  health: health.optional(),
  'stop-grace': duration
    .optional()
    .describe('Time to finish after SIGTERM; default stop_grace_period, else 10s'),
  overlap: z
    .boolean()
    .default(true)
    .describe(
      'Whether old and new may run beside each other; false for a worker such as a scheduler',
    ),
});

const migrate = z.strictObject({
  service: serviceName.describe('Service whose new image runs the migration'),
  command: command.describe('Migration; text goes through /bin/sh -c, a list runs as it is'),
  version: command.optional().describe('Prints the version of the schema'),
  timeout: duration.default('5m').describe('Deadline of the migration'),
});

const verify = z.strictObject({
  url: url.describe('Asked through the proxy of the host'),
  status: httpStatus.default(200).describe('Expected HTTP status'),
  json: jsonFields.default({}),
  ...pacing('1s', '5s', 3, '60s'),
  failures: count.default(3).describe('Failures in a row that send traffic back'),
});

const files = z.union([path, z.array(path).min(1)], {
  error: 'expected the name of a compose file, or a list of names, each in one line',
});

const sent = path.regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$)).*[^/.]/, {
  error: 'expected a path inside of the repository',
});

/** What the file says at its top and may say again, differently, for one environment. */
const settings = {
  compose: files.default(['docker-compose.yml']).describe('Compose files of the repository'),
  files: z
    .union([sent, z.array(sent)], {
      error: 'expected a path inside of the repository, or a list of paths, each in one line',
    })
    .default([])
    .describe(
      'Files and folders of the repository that go along with a release; mounts of them follow',
    ),
  directory: mountedFolder
    .regex(/^\//, { error: 'expected an absolute path on the host' })
    .optional()
    .describe('Folder on the host with .env and bind mounts; default that of the running stack'),
  project: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/, { error: 'expected a Compose project name' })
    .optional()
    .describe('Compose project of the shared services; default that of the running stack'),
  release: z
    .record(serviceName, service.nullable())
    .describe('Services that are released blue to green; every other one is shared and left alone'),
  proxy: proxy.prefault({}).describe('How traffic reaches the live slot'),
  migrate: migrate
    .optional()
    .describe('One-off migration of the schema, before the new slot starts'),
  backup: backupSchema,
  verify: z.array(verify).default([]).describe('Checks through the proxy after the switch'),
  bake: duration.default('2m').describe('The old slot stays warm this long; a failure goes back'),
  drain: duration.default('30s').describe('Longest wait for open connections to the old slot'),
  linger: duration
    .default('30s')
    .describe('The old slot is never stopped sooner than this after the switch'),
  'keep-old': z
    .enum(['stopped', 'running'])
    .default('stopped')
    .describe('What becomes of the old slot after the bake'),
  retain: z.int().min(0).default(3).describe('Releases kept besides the live and the previous one'),
};

const hosts = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
    error: 'expected [user@]host[:port], or a list of them',
  })
  .describe('Servers as [user@]host[:port]');

const proxyJump = z
  .string()
  .min(1)
  .describe('Servers to go through, as user@host[:port] with commas between, the first one first');

/** Nothing is required here and nothing has a default: what is absent comes from the top of the file. */
const environment = z.strictObject({
  ...z.object(settings).partial().shape,
  proxy: proxy.partial().optional().describe('What differs of the proxy'),
  migrate: migrate.partial().optional().describe('What differs of the migration'),
  hosts: hosts.optional(),
  'proxy-jump': proxyJump.optional(),
});

const name = (longest: number) =>
  z
    .string()
    .regex(namePattern, { error: 'expected lower-case letters, digits and hyphens inside' })
    .max(longest, { error: `expected at most ${longest} characters` });

/** `shiplock.yml`, as the user writes it. */
export const configSchema = z
  .strictObject({
    app: name(30).describe('Name of the app on its hosts'),
    ...settings,
    environments: z
      .record(name(20), environment.nullable())
      .default({})
      .describe('What differs per environment, with its hosts'),
    scan: scanSchema.optional(),
  })
  .describe('Shiplock: what is released, where, and how it is proven');

/** The file after the chosen environment was laid over it. */
export const mergedSchema = z.object({
  app: name(30),
  ...settings,
  hosts: hosts.optional(),
  'proxy-jump': proxyJump.optional(),
});
export type MergedConfig = z.output<typeof mergedSchema>;
export type HealthInput = z.output<typeof health>;
export type ServiceInput = z.output<typeof service>;
export type VerifyInput = z.output<typeof verify>;
export type MigrateInput = z.output<typeof migrate>;

/** Keys of the design whose part is not built yet: config path (`*` = any name) and what to do meanwhile. */
export const notYetSupported: Readonly<Record<string, string>> = {
  waves: 'leave it out',
  runtime: 'leave it out; the app runs under Docker Compose',
  'migrate.when': 'leave it out; the migration runs before the new slot starts',
};
