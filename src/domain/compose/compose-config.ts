import { z } from 'zod';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const options = z.record(z.string(), text).nullish();

const attachment = z
  .looseObject({ aliases: z.array(z.string()).nullish() })
  .nullable()
  .describe('How a service joins a network');

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
  restart: z.string().optional(),
  scale: z.number().optional(),
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
