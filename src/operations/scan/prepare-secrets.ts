import type { SecretScan } from '../../domain/scan/planned-scan';
import type { ToolStart } from '../../domain/scan/tool-run';
import { ShiplockError } from '../../errors';

/** The starts that together look at every commit of a range, or at a folder. */
export function prepareSecrets({ tool }: SecretScan): Promise<readonly ToolStart[]> {
  throw new ShiplockError(`${tool} cannot be run here yet`, {
    fault: 'user',
    hint: 'give its report',
  });
}
