import { readFileSync } from 'node:fs';
import { composeConfig, type ComposeConfig } from '../../src/domain/compose/compose-config';
import type { ServiceSettings, SlotSettings } from '../../src/domain/compose/settings';
import type { SlotRequest } from '../../src/domain/compose/slot';

const printed = readFileSync(
  new URL('../fixtures/compose/shop.config.json', import.meta.url),
  'utf8',
);

type Tree = Record<string, unknown>;

/** What Compose prints for the stack in fixtures/compose/shop.yml, a fresh copy with changes laid over its services. */
export function shop(changes: Readonly<Record<string, Tree | undefined>> = {}): ComposeConfig {
  const document = JSON.parse(printed) as Tree & { services: Record<string, Tree> };
  for (const [name, change] of Object.entries(changes)) {
    document.services[name] = { ...document.services[name], ...change };
  }
  return composeConfig.parse(document);
}

/** A service of the config, a worker unless a port is given. */
export function service(name: string, port: number | null = null): ServiceSettings {
  const pacing = { intervalMs: 1000, timeoutMs: 1000, successes: 1, deadlineMs: 1000 };
  return { name, port, stopGraceMs: null, health: { kind: 'default', settleMs: 0, ...pacing } };
}

export const settings: SlotSettings = {
  app: 'shop',
  environment: 'production',
  services: [service('web', 8000), service('worker')],
  migrate: null,
};

export const image = (letter: string): string =>
  `registry.example.com:5000/shop/app@sha256:${letter.repeat(64)}`;

/** A request that renders; change what a case is about. */
export function slotRequest(changes: Partial<SlotRequest> = {}): SlotRequest {
  return {
    compose: shop(),
    settings,
    slot: 'blue',
    release: { id: '7-v1.2.0', deploy: 'd42' },
    images: { web: image('a'), worker: image('b') },
    env: {},
    sent: [],
    withTasks: true,
    base: '/var/lib/shiplock/shop/production',
    ...changes,
  };
}
