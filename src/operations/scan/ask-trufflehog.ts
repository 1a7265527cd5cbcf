import {
  readTruffleHogFlags,
  truffleHogHelp,
  type TruffleHogWishes,
} from '../../commands/trufflehog';
import { askProgram } from './ask-program';
import type { RunTools } from './run-tool';
import type { SecretSubject } from './secret-start';

/** How TruffleHog is to be started: a flag that this build does not know would end it. */
export async function truffleHogWishes(
  { program, scan }: SecretSubject,
  tools: RunTools,
): Promise<TruffleHogWishes> {
  return {
    flags: readTruffleHogFlags(await askProgram(program.path, truffleHogHelp, tools)),
    filtered: scan.results.includes('filtered_unverified'),
  };
}
