import { z } from 'zod';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const options = z.record(z.string(), text).nullish();

const attachment = z
  .looseObject({ aliases: z.array(z.string()).nullish() })
  .nullable()
  .describe('How a service joins a network');

const reference = z.looseObject({ source: z.string().optional() });

const dependency = z.looseObject({ condition: z.string().optional() });

/** One entry of `ports` as `config` prints it; `published` is absent for a port that gets a random host port. */
const port = z.looseObject({
  target: z.number(),
  published: z.union([z.string(), z.number()]).optional(),
  protocol: z.string().optional(),
});

const mount = z.looseObject({
  type: z.string(),
  source: z.string().optional(),
  target: z.string(),
});

/** A service as `config` prints it: the keys that a slot decides about; every other key passes through. */
export const composeService = z.looseObject({
  image: z.string().optional(),
  build: z.unknown().optional(),
  configs: z.array(reference).nullish(),
  depends_on: z.record(z.string(), dependency).optional(),
  deploy: z
    .looseObject({
      replicas: z.number().optional(),
      restart_policy: z
        .looseObject({ condition: z.string().optional(), max_attempts: z.number().optional() })
        .optional(),
    })
    .optional(),
  environment: z.record(z.string(), z.union([text, z.null()])).nullish(),
  ipc: z.string().optional(),
  labels: options,
  links: z.array(z.string()).optional(),
  network_mode: z.string().optional(),
  networks: z.record(z.string(), attachment).nullish(),
  pid: z.string().optional(),
  ports: z.array(port).nullish(),
  profiles: z.array(z.string()).nullish(),
  restart: z.string().optional(),
  scale: z.number().optional(),
  secrets: z.array(reference).nullish(),
  stop_grace_period: z.string().optional(),
  volumes: z.array(mount).nullish(),
  volumes_from: z.array(z.string()).nullish(),
});
export type ComposeService = z.infer<typeof composeService>;

const external = z.union([z.boolean(), z.looseObject({})]).optional();

/** A network of the project; `name` is the real one on the host. */
const composeNetwork = z.looseObject({
  name: z.string(),
  driver: z.string().optional(),
  driver_opts: options,
  internal: z.boolean().optional(),
  labels: options,
  external,
});

/** A volume of the project; `name` is the real one on the host. */
const composeVolume = z.looseObject({
  name: z.string(),
  driver: z.string().optional(),
  driver_opts: options,
  labels: options,
  external,
});

/** A config or secret of the project: exactly one of `file`, `content`, `environment` and `external` says where it comes from. */
const composeFile = z.looseObject({
  name: z.string().optional(),
  file: z.string().optional(),
  content: z.string().optional(),
  environment: z.string().optional(),
  external,
});
export type ComposeFile = z.infer<typeof composeFile>;

/** What we ask Compose beside: which profiles are active on the host, and the values of its variables that secrets come from. */
const asked = z.object({
  profiles: z.string().default(''),
  values: z.record(z.string(), text).default({}),
});

/**
 * What `docker compose config --format json` prints, read leniently. Compose writes every `$` in it as `$$`, because it
 * expands `$` again when the document is used: values that pass through stay as they are, values that we add are escaped,
 * values that we use ourselves are unescaped.
 */
export const composeConfig = z.looseObject({
  name: z.string(),
  services: z.record(z.string(), composeService).default({}),
  networks: z.record(z.string(), composeNetwork).default({}),
  volumes: z.record(z.string(), composeVolume).default({}),
  configs: z.record(z.string(), composeFile).default({}),
  secrets: z.record(z.string(), composeFile).default({}),
  'x-shiplock': asked.optional(),
});
export type ComposeConfig = z.infer<typeof composeConfig>;

/** A text as it must stand in a compose document to reach the container unchanged. */
export function escapeDollar(value: string): string {
  return value.replaceAll('$', '$$$$');
}

/** A text of a compose document as the container would get it. */
export function unescapeDollar(value: string): string {
  return value.replaceAll('$$', '$');
}

/** Whether plain Compose would start a service on this host: it has no profile, or one of its profiles is active there. */
export function isActive(compose: ComposeConfig, name: string): boolean {
  const profiles = compose.services[name]?.profiles ?? [];
  const active = (compose['x-shiplock']?.profiles ?? '').split(',').map((one) => one.trim());
  return (
    profiles.length === 0 || active.includes('*') || profiles.some((one) => active.includes(one))
  );
}
