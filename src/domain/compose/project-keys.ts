import { carried, dropped, evaluated, plain, rewritten, type KeyRule } from './key-rule';

/** Keys under `deploy`. */
export const deployKeys = {
  endpoint_mode: plain,
  labels: plain,
  mode: plain,
  placement: plain,
  replicas: plain,
  resources: plain,
  restart_policy: rewritten('none until the switch, then as written; it wins over `restart`'),
  rollback_config: plain,
  update_config: plain,
} as const satisfies Readonly<Record<string, KeyRule>>;

/** Keys of a service's place in a network. */
export const attachmentKeys = {
  aliases: rewritten('they count in the slot’s own network only'),
  driver_opts: plain,
  gw_priority: carried(
    'above 0 it wins over the slot’s own network, which is the default gateway otherwise',
  ),
  interface_name: plain,
  ipv4_address: dropped('two slots cannot have one address'),
  ipv6_address: dropped('two slots cannot have one address'),
  link_local_ips: dropped('two slots cannot have one address'),
  mac_address: dropped('two slots cannot have one address'),
  priority: plain,
} as const satisfies Readonly<Record<string, KeyRule>>;

/** Keys at the top of the file, and what stands below them. */
export const projectKeys = {
  configs: rewritten(
    'a `file` that `files` names comes from the release, any other is the server’s; what comes from `content` or `environment` is a file of the release, readable for every user of the container, whatever `uid`, `gid` and `mode` say',
    'it is external; Compose cannot mount those either',
  ),
  include: evaluated('files of the repository come along'),
  models: dropped('no released service has one'),
  name: rewritten('a slot is a project of its own, `<app>-<environment>-<slot>`'),
  networks: rewritten(
    'external, by their real names; one that does not exist yet is made as written',
  ),
  secrets: rewritten(
    'like `configs`; the input `env` wins for what comes from `environment`',
    'it is external; Compose cannot mount those either',
  ),
  services: rewritten('the released ones and those that run once per release'),
  version: evaluated('Compose ignores it'),
  volumes: rewritten(
    'external, by their real names, so that no copy is made and none is deleted; one that does not exist yet is made as written',
  ),
} as const satisfies Readonly<Record<string, KeyRule>>;

/** Keys of a network at the top: all count when the network does not exist yet, and it is never changed. */
export const networkKeys = {
  attachable: plain,
  driver: plain,
  driver_opts: plain,
  enable_ipv4: plain,
  enable_ipv6: plain,
  external: plain,
  internal: plain,
  ipam: plain,
  labels: plain,
  name: plain,
} as const satisfies Readonly<Record<string, KeyRule>>;

/** Keys of a volume at the top: all count when the volume does not exist yet, and it is never changed. */
export const volumeKeys = {
  driver: plain,
  driver_opts: plain,
  external: plain,
  labels: plain,
  name: plain,
} as const satisfies Readonly<Record<string, KeyRule>>;
