/** What tests vary of shiplock.yml; everything is laid over the dinghy app's own settings. */
export type ConfigChanges = Readonly<Record<string, unknown>>;

/** Short waits: what is tested is what happens, not how patient it is. */
const settings = {
  app: 'dinghy',
  directory: '/srv/dinghy',
  release: {
    web: {
      port: 8080,
      health: { path: '/healthz', json: { status: 'healthy' }, interval: '200ms', deadline: '20s' },
    },
    worker: { health: { command: 'true', interval: '200ms' } },
  },
  proxy: { kind: 'nginx', service: 'nginx', 'config-dir': 'nginx/shiplock' },
  verify: [
    {
      url: 'http://dinghy.test/healthz',
      json: { status: 'healthy' },
      interval: '200ms',
      successes: 2,
      failures: 2,
      deadline: '10s',
    },
  ],
  bake: '1s',
  drain: '5s',
  linger: '1s',
  environments: { production: {} },
};

/** Text of a shiplock.yml; YAML takes JSON as it is. */
export function configText(changes: ConfigChanges = {}): string {
  return JSON.stringify({ ...settings, ...changes }, null, 2);
}
