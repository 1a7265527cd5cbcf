import { ShiplockError } from '../../../errors';
import type { Restored } from '../database-engine';

export function restoreFiles(): Promise<Restored> {
  return Promise.reject(new ShiplockError('cannot be restored yet', { fault: 'bug' }));
}
