import type { SlotTask } from '../../domain/compose/slot-tasks';
import { formatDuration } from '../../domain/duration';
import type { HostRun } from './deploy-tools';

type Line = readonly [step: string, text: string];

/** What a plan says of a one-off container; the looks at the schema are told with the migration. */
export function taskLines(
  { config: { migrate } }: HostRun,
  { task, kind, timeoutMs }: SlotTask,
): Line[] {
  if (kind === 'once')
    return [['run once', `${task}, to its end, for at most ${formatDuration(timeoutMs)}`]];
  return kind === 'look' || migrate === null ? [] : [migration(migrate)];
}

function migration({
  service,
  command,
  version,
  timeoutMs,
}: NonNullable<HostRun['config']['migrate']>): Line {
  const asked =
    version === null ? 'the schema version is not asked' : `version: ${version.join(' ')}`;
  return [
    'migrate',
    `in a container of ${service}, for at most ${formatDuration(timeoutMs)}: ${command.join(' ')} (${asked})`,
  ];
}
