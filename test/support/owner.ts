import { readFileSync } from 'node:fs';
import { docker } from './run-command';

const label = 'shiplock-test.owner';

/** Process id and, where /proc tells it, start time: a reused id is not taken for its predecessor. */
function identityOf(pid: number) {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    return `${pid}@${afterName.split(' ')[19] ?? ''}`;
  } catch {
    return `${pid}@`;
  }
}

function isAlive(owner: string) {
  const pid = Number.parseInt(owner, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return identityOf(pid) === owner;
}

/** The label that says which process a container belongs to. */
export const ownerLabel = () => `${label}=${identityOf(process.pid)}`;

/** Removes containers whose process has ended without stopping them. */
export async function removeLeftovers() {
  const listed = await docker([
    'ps',
    '--all',
    '--filter',
    `label=${label}`,
    '--format',
    `{{.ID}} {{.Label "${label}"}}`,
  ]);
  const left = listed
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([id, owner]) => (id && owner && !isAlive(owner) ? [id] : []));
  if (left.length > 0) await docker(['rm', '--force', '--volumes', ...left]);
}
