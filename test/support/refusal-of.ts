import { ShiplockError } from '../../src/errors';

/** What a refused call said, message and hint; fails when the call was not refused by its own error. */
export function refusalOf(call: () => unknown): string {
  const thrown = thrownBy(call);
  if (!(thrown instanceof ShiplockError)) throw new Error(`not refused but: ${String(thrown)}`);
  if (thrown.verdict !== 'refused' || thrown.fault !== 'user') {
    throw new Error(`not a refusal: ${thrown.verdict} by ${thrown.fault}`);
  }
  return `${thrown.message}\n${thrown.hint ?? ''}`;
}

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return thrown;
  }
  return 'nothing thrown';
}
