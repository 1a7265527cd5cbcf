import type { Problem } from '../problem';
import type { ComposeConfig, ComposeService } from './compose-config';
import { imageServices } from './service-images';
import type { SentPath } from './sent-files';
import type { ServiceSettings, SlotSettings } from './settings';
import type { LoopbackPorts } from '../proxy/loopback-ports';
import { fileProblems } from './slot-files';
import { checkSlotNames } from './slot-name-rules';
import { replicaProblems } from './slot-ports';
import { slotRefusals } from './slot-refusals';

/** A service of the team with what the config says about it. */
export interface Part {
  readonly settings: ServiceSettings;
  readonly service: ComposeService;
}

interface Request {
  readonly compose: ComposeConfig;
  readonly settings: SlotSettings;
  readonly images: Readonly<Record<string, string>>;
  readonly loopback?: Readonly<Record<string, LoopbackPorts>>;
  readonly sent: readonly SentPath[];
  readonly withTasks: boolean;
}

/** Whether the config releases a service of this name. */
export const isReleased = (settings: SlotSettings, name: string): boolean =>
  settings.services.some((service) => service.name === name);

/** The services to render, in the order of the config; those that migrate or run once are rendered for their tasks and do not run in the slot. */
export function partsOf({
  compose,
  settings,
  withTasks,
}: Pick<Request, 'compose' | 'settings' | 'withTasks'>): readonly Part[] {
  const extra = (withTasks ? imageServices(compose, settings) : [])
    .filter((name) => !isReleased(settings, name))
    .map((name) => ({ name, port: null, stopGraceMs: null, health: idleHealth }));
  return [...settings.services, ...extra].flatMap((one) => {
    const service = Object.hasOwn(compose.services, one.name)
      ? compose.services[one.name]
      : undefined;
    return service === undefined ? [] : [{ settings: one, service }];
  });
}

const idleHealth: ServiceSettings['health'] = {
  kind: 'default',
  settleMs: 0,
  intervalMs: 1000,
  timeoutMs: 1000,
  successes: 1,
  deadlineMs: 1000,
};

/** Everything that keeps these services from living in a slot. */
export function slotProblems(request: Request, project: string): readonly Problem[] {
  const { compose, settings, images, sent, loopback = {} } = request;
  const parts = partsOf(request);
  const unsettled = parts
    .filter(({ settings: { name } }) => !/@sha256:[0-9a-f]{64}$/.test(images[name] ?? ''))
    .map(({ settings: { name } }) => ({
      path: `services.${name}.image`,
      says: 'has no image of this release',
      fix: `name one in the input images: ${name}=registry/repository:tag`,
    }));
  const refused = parts.flatMap((part) =>
    slotRefusals({
      ...part,
      compose,
      sent,
      isReleased: (name) => isReleased(settings, name),
    }),
  );
  const used = parts.map(({ service }) => service);
  return [
    ...checkSlotNames(compose, settings, project),
    ...unsettled,
    ...refused,
    ...replicaProblems(parts, loopback),
    ...fileProblems(compose, used),
  ];
}
