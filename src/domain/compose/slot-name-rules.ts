import type { Problem } from '../problem';
import type { ComposeConfig } from './compose-config';
import { oneShots } from './one-shots';
import type { SlotSettings } from './settings';
import { longestName, slotProject, slotServiceName, taskNames } from './slot-names';

/** Names that a slot cannot have: unknown services, too long ones, and ones that two things would share. */
export function checkSlotNames(
  compose: ComposeConfig,
  settings: SlotSettings,
  project: string,
): readonly Problem[] {
  const services = settings.services.map(({ name }) => name);
  const migrates = settings.migrate === null ? [] : [settings.migrate.service];
  return [
    ...services.flatMap((name) => unknownService(compose, name, `release.${name}`)),
    ...migrates.flatMap((name) => unknownService(compose, name, 'migrate.service')),
    ...services.flatMap((name) => [
      ...tooLong(slotProject(settings, 'green'), name),
      ...caseTwin(services, name),
      ...nameTaken(compose, project, name),
    ]),
    ...(settings.migrate === null ? [] : taskCollisions(compose, settings)),
  ];
}

function unknownService(compose: ComposeConfig, name: string, path: string): readonly Problem[] {
  if (Object.hasOwn(compose.services, name)) return [];
  const there = Object.keys(compose.services).join(', ');
  return [{ path, says: `the compose file has no service ${name}`, fix: `name one of ${there}` }];
}

/** DNS knows no upper case. */
function caseTwin(services: readonly string[], name: string): readonly Problem[] {
  const twin = services.find((other) => other < name && other.toLowerCase() === name.toLowerCase());
  if (twin === undefined) return [];
  const says = `differs from ${twin} in upper and lower case only, which DNS does not tell apart`;
  return [{ path: `release.${name}`, says, fix: 'rename one of them' }];
}

/** @param project of the slot with the longer name: what fits into one must fit into the other */
function tooLong(project: string, name: string): readonly Problem[] {
  const full = slotServiceName(project, name);
  const over = full.length - longestName;
  if (over <= 0) return [];
  const says = `its name in a slot, ${full}, is ${over} characters too long to be found by DNS`;
  return [{ path: `release.${name}`, says, fix: 'shorten the app, environment or service name' }];
}

function taskCollisions(compose: ComposeConfig, settings: SlotSettings): readonly Problem[] {
  const released = settings.services.map(({ name }) => ({ name, path: `release.${name}` }));
  const once = oneShots(compose, settings).map((name) => ({ name, path: `services.${name}` }));
  const says = `has the name of the one-off container that migrates`;
  return [...released, ...once]
    .filter(({ name }) => taskNames.some((task) => task === name))
    .map(({ path }) => ({ path, says, fix: 'rename the service' }));
}

function nameTaken(compose: ComposeConfig, project: string, name: string): readonly Problem[] {
  const full = slotServiceName(project, name);
  const holder = Object.entries(compose.services).find(
    ([other, service]) => other === full || service['container_name'] === full,
  );
  if (holder === undefined) return [];
  const says = `its name in a slot, ${full}, is the name of the service ${holder[0]}`;
  return [{ path: `release.${name}`, says, fix: `rename ${holder[0]}` }];
}
