import type { InputsOf } from '../../contract/define-action';
import { parseReference } from '../../domain/images/reference';
import type { Problem } from '../../domain/problem';
import {
  secretResults,
  trivyScanners,
  type PlannedScan,
  type ScanTool,
  type SecretScan,
  type TrivyScan,
  type TrivyScanner,
  type TrivyTarget,
} from '../../domain/scan/planned-scan';
import type { ScanPlan } from '../../transactions/scan/run-scans';
import type { toolInputs } from './tool-inputs';
import { readVersions } from './tool-versions';

export type ToolInputs = InputsOf<typeof toolInputs>;
type Complain = (input: string, says: string, fix: string) => void;

/** The scans that the inputs ask for, and everything that is wrong with them. */
export function planScans(inputs: ToolInputs): {
  readonly plan: ScanPlan;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const complain: Complain = (input, says, fix) => {
    problems.push({ path: `input ${input}`, says, fix });
  };
  const { named, versions } = readVersions(inputs.tools, inputs.version, complain);
  const tools = named.length > 0 ? named : impliedTools(inputs);
  complainOfOrphans(inputs, tools, complain);
  const scans = tools.map((tool) => planOf(tool, inputs, complain));
  return { plan: { scans, versions }, problems };
}

/** Words of a list by line, space or comma. */
export const wordsOf = (text: string): readonly string[] =>
  text.split(/[\s,]+/).filter((word) => word !== '');

/** Entries of a list whose entries may hold spaces. */
export const entriesOf = (text: string): readonly string[] =>
  text
    .split(/[\n\r,]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

const inputsOfTrivy = ['scan-type', 'image-ref', 'input', 'scan-ref'] as const;
const inputsOfSecrets = ['path', 'base', 'head', 'results'] as const;

const given = (inputs: ToolInputs, names: readonly (keyof ToolInputs)[]): readonly string[] =>
  names.filter((name) => inputs[name] !== undefined && inputs[name] !== '');

function impliedTools(inputs: ToolInputs): readonly ScanTool[] {
  const trivy: ScanTool[] = given(inputs, inputsOfTrivy).length > 0 ? ['trivy'] : [];
  return given(inputs, inputsOfSecrets).length > 0 ? [...trivy, 'trufflehog'] : trivy;
}

/** An input of a tool that does not run would be a wish that nobody hears. */
function complainOfOrphans(
  inputs: ToolInputs,
  tools: readonly ScanTool[],
  complain: Complain,
): void {
  const ofTrivy = [
    ...inputsOfTrivy,
    'scanners',
    'skip-dirs',
    'skip-files',
    'cache-dir',
    'version',
  ] as const;
  if (!tools.includes('trivy'))
    for (const name of given(inputs, ofTrivy))
      complain(name, 'is for Trivy, which does not run here', 'add trivy to tools, or take it out');
  if (!tools.includes('trufflehog') && !tools.includes('gitleaks'))
    for (const name of given(inputs, inputsOfSecrets))
      complain(
        name,
        'is for TruffleHog and gitleaks, which do not run here',
        'add one to tools, or take it out',
      );
}

function planOf(tool: ScanTool, inputs: ToolInputs, complain: Complain): PlannedScan {
  return tool === 'trivy' ? planTrivy(inputs, complain) : planSecrets(tool, inputs, complain);
}

function planTrivy(inputs: ToolInputs, complain: Complain): TrivyScan {
  const target = targetOf(inputs, complain);
  return {
    tool: 'trivy',
    target,
    scanners: scannersOf(inputs.scanners, target.kind, complain),
    // Trivy looks at no files behind a list of materials.
    skipDirs: target.kind === 'sbom' ? [] : entriesOf(inputs['skip-dirs']),
    skipFiles: target.kind === 'sbom' ? [] : entriesOf(inputs['skip-files']),
    cacheDir: inputs['cache-dir'],
    offline: inputs.offline,
    timeoutMs: inputs.timeout,
  };
}

function targetOf(inputs: ToolInputs, complain: Complain): TrivyTarget {
  const { 'image-ref': reference, input: archive, 'scan-ref': path } = inputs;
  const isImage = reference !== undefined || archive !== undefined;
  const kind = inputs['scan-type'] ?? (isImage ? 'image' : 'fs');
  if (reference !== undefined && archive !== undefined)
    complain('input', 'there is image-ref too', 'give one image in a step');
  if (kind !== 'image') {
    if (isImage) complain('scan-type', `is ${kind}, and an image is given`, 'take one of them out');
    return { kind, path: path ?? '.' };
  }
  if (path !== undefined)
    complain('scan-ref', 'is no part of a scan of an image', 'take it out, or set scan-type');
  if (archive !== undefined) return { kind: 'archive', path: archive };
  if (reference === undefined)
    complain('scan-type', 'is image, and no image is given', 'give image-ref or input');
  else if (parseReference(reference) === undefined)
    complain(
      'image-ref',
      `${JSON.stringify(reference.slice(0, 120))} is no image`,
      'write registry/path:tag or registry/path@sha256:…',
    );
  return { kind: 'image', reference: reference ?? '' };
}

const usualScanners = (kind: TrivyTarget['kind']): readonly TrivyScanner[] =>
  kind === 'config' ? ['misconfig'] : kind === 'sbom' ? ['vuln'] : ['vuln', 'secret'];

function scannersOf(
  text: string,
  kind: TrivyTarget['kind'],
  complain: Complain,
): readonly TrivyScanner[] {
  const words = wordsOf(text);
  if (words.length === 0) return usualScanners(kind);
  const can: readonly TrivyScanner[] =
    kind === 'config' ? ['misconfig'] : kind === 'sbom' ? ['vuln', 'license'] : trivyScanners;
  const strange = words.filter((word) => !can.some((one) => one === word));
  if (strange.length > 0)
    complain(
      'scanners',
      `${strange.join(', ')} cannot be asked of Trivy for ${kind}`,
      `use ${can.join(', ')}`,
    );
  return can.filter((one) => words.includes(one));
}

function planSecrets(tool: SecretScan['tool'], inputs: ToolInputs, complain: Complain): SecretScan {
  const words = wordsOf(inputs.results);
  const strange = words.filter((word) => !secretResults.some((one) => one === word));
  if (strange.length > 0)
    complain(
      'results',
      `${strange.join(', ')} is no state of a secret`,
      `use ${secretResults.join(', ')}`,
    );
  return {
    tool,
    path: inputs.path ?? '.',
    base: inputs.base,
    head: inputs.head,
    results: secretResults.filter((one) => words.includes(one)),
    timeoutMs: inputs.timeout,
  };
}
