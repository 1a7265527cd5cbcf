import { refusal, type Problem } from '../problem';
import { formatReference, parseReference, repositoryOf, type ImageReference } from './reference';

/** The images of a release, one for each service that needs one. */
export type ImagesByService = Readonly<Record<string, ImageReference>>;

interface Line {
  readonly service: string | null;
  readonly reference: ImageReference;
  readonly text: string;
}

/**
 * Decides which image each service gets. A line is `service=reference`, or a bare reference, which goes to every service
 * whose compose image has the same repository; a single bare reference that matches none goes to all that name no image.
 * Without a line for it a service keeps the compose file's image. Throws one refusal with every problem.
 * @param composeImages what the compose file says, null where it says nothing
 */
export function assignImages(
  lines: readonly string[],
  composeImages: Readonly<Record<string, string | null>>,
): ImagesByService {
  const services = Object.keys(composeImages);
  const problems: Problem[] = [];
  const read = lines.flatMap((text) => readLine(text, services, problems));
  const chosen = new Map<string, ImageReference>();
  for (const line of read) {
    if (line.service !== null) choose(chosen, line.service, line, problems);
  }
  const bare = read.filter(({ service }) => service === null);
  const named = new Set(chosen.keys());
  for (const line of bare) {
    const takers = takersOf(line, composeImages, bare.length === 1 ? named : null);
    if (takers.length === 0) problems.push(nobodys(line, services));
    for (const service of takers.filter((name) => !named.has(name))) {
      choose(chosen, service, line, problems);
    }
  }
  const assigned = services.map(
    (service) => [service, chosen.get(service) ?? own(service, composeImages, problems)] as const,
  );
  if (problems.length > 0) throw refusal('the images of this release', problems);
  return Object.fromEntries(
    assigned.flatMap(([service, reference]) => (reference ? [[service, reference]] : [])),
  );
}

const at = 'input images';

function readLine(text: string, services: readonly string[], problems: Problem[]): readonly Line[] {
  const named = /^([A-Za-z0-9][\w.-]*)\s*=\s*(\S+)$/.exec(text.trim());
  const reference = parseReference(named?.[2] ?? text.trim());
  const service = named?.[1] ?? null;
  if (reference === undefined) {
    const fix = 'write service=registry/repository:tag, or a reference alone';
    problems.push({ path: at, says: `${JSON.stringify(text)} is no image reference`, fix });
    return [];
  }
  if (service !== null && !services.includes(service)) {
    const fix = `use one of: ${services.join(', ')}`;
    problems.push({ path: at, says: `the release has no service ${service}`, fix });
    return [];
  }
  return [{ service, reference, text: text.trim() }];
}

function choose(
  chosen: Map<string, ImageReference>,
  service: string,
  line: Line,
  problems: Problem[],
): void {
  const before = chosen.get(service);
  if (before !== undefined && formatReference(before) !== formatReference(line.reference)) {
    const says = `${service} gets two images: ${formatReference(before)} and ${line.text}`;
    problems.push({ path: at, says, fix: 'keep one of them' });
  }
  chosen.set(service, line.reference);
}

/** Services of the same repository; `named` is given for the only bare line, which may also serve those without an image. */
function takersOf(
  { reference }: Line,
  composeImages: Readonly<Record<string, string | null>>,
  named: ReadonlySet<string> | null,
): readonly string[] {
  const wanted = repositoryOf(reference);
  const entries = Object.entries(composeImages);
  const same = entries.filter(([, image]) => image !== null && repositoryOfText(image) === wanted);
  const takers =
    same.length > 0 || named === null
      ? same
      : entries.filter(([name, image]) => image === null && !named.has(name));
  return takers.map(([name]) => name);
}

function nobodys({ text }: Line, services: readonly string[]): Problem {
  const says = `${text} is the image of no released service`;
  return { path: at, says, fix: `say whose it is: ${services[0] ?? 'service'}=${text}` };
}

function repositoryOfText(image: string): string | undefined {
  const reference = parseReference(image);
  return reference === undefined ? undefined : repositoryOf(reference);
}

function own(
  service: string,
  composeImages: Readonly<Record<string, string | null>>,
  problems: Problem[],
): ImageReference | undefined {
  const image = composeImages[service] ?? null;
  const path = `services.${service}.image`;
  if (image === null) {
    const fix = `add image to the service, or ${service}=registry/repository:tag to the input images`;
    problems.push({ path, says: 'has no image', fix });
    return undefined;
  }
  const reference = parseReference(image);
  if (reference === undefined) {
    const says = `${JSON.stringify(image)} is no image reference`;
    problems.push({ path, says, fix: 'correct it, or name the image in the input images' });
  }
  return reference;
}
