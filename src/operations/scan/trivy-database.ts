import { join } from 'node:path';
import { readTrivyMetadata } from '../../commands/trivy-metadata';
import type { ScanDatabase } from '../../domain/scan/tool-run';
import type { Program } from './run-tool';

export interface DatabaseTools {
  /** Where databases lie when the inputs name no folder; as long as the job. */
  readonly cacheFolder: string;
  /** Text of a file; null = there is none. */
  readonly readText: (path: string) => Promise<string | null>;
  /** `sha256:…` of a file; null = there is none. */
  readonly digestOfFile: (path: string) => Promise<string | null>;
}

/** What Trivy will judge by. */
export async function haveTrivyDatabase(
  _program: Program,
  { cacheDir }: { readonly cacheDir: string; readonly offline: boolean },
  tools: DatabaseTools,
): Promise<ScanDatabase> {
  const metadata = await tools.readText(join(cacheDir, 'db', 'metadata.json'));
  const digest = await tools.digestOfFile(join(cacheDir, 'db', 'trivy.db'));
  return { updatedAt: readTrivyMetadata(metadata), digest };
}
