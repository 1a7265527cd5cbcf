import { ShiplockError } from '../../errors';

/** A report that proves nothing: empty, cut off, of another format, or too large. */
export class ReportTrouble extends ShiplockError {
  constructor(message: string, cause?: unknown) {
    super(message, { fault: 'user', cause });
    this.name = 'ReportTrouble';
  }
}
