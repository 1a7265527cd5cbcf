import { measureInput, measureScript, parseMeasured, type Measured } from '../../commands/measure';
import type { MeasureRequest } from '../../commands/measure';
import { script } from '../../commands/shell';
import type { Host } from '../../platform/host';

/** What is known when nothing could be measured. */
const nothing: Measured = { room: [], manifests: new Map() };

/** Free room, and what the host's own docker command learns of images from their registries; what cannot be told is left out. */
export async function measureHost(
  host: Host,
  docker: readonly string[],
  request: MeasureRequest,
): Promise<Measured> {
  const result = await host.exec(script(measureScript, docker), {
    stdin: measureInput(request),
    timeoutMs: 60_000,
  });
  return result.code === 0 ? parseMeasured(result.stdout) : nothing;
}
