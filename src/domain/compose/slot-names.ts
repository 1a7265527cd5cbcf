import type { SlotName } from '../records/release';
import type { SlotSettings } from './settings';

/** A slot that we start ourselves. */
export type OwnSlot = Exclude<SlotName, 'adopted'>;

/** Longer names start and do not resolve: a DNS label has at most 63 characters. */
export const longestName = 63;

/** The one-off tasks of a migration, which are services of the slot's project that no plain `up` starts. */
export const taskNames = ['migrate', 'schema-before', 'schema-after'] as const;
export type TaskName = (typeof taskNames)[number];

/** The Compose project of a slot. */
export function slotProject(
  { app, environment }: Pick<SlotSettings, 'app' | 'environment'>,
  slot: SlotName,
): string {
  return `${app}-${environment}-${slot}`;
}

/** The key of a service in its slot's project, which is its unique DNS name on the team's networks. */
export function slotServiceName(project: string, service: string): string {
  return `${project}-${service}`;
}
