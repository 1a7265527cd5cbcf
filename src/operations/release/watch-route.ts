import { judgeAnswer } from '../../domain/health/judge-answer';
import type { VerifyCheck } from '../../domain/records/plan';
import { proxyEndpoint } from './reach-proxy';
import type { Transcript } from './transcript';
import type { World } from './world';

/** What one look through the route said; `inconclusive` = the proxy itself was not reached, which no release answers for. */
export type RouteVerdict = 'pass' | 'fail' | 'inconclusive';

/** Performs one check through the host's own proxy. */
export async function checkRoute(
  world: World,
  check: VerifyCheck,
  transcript: Transcript,
): Promise<{ readonly verdict: RouteVerdict; readonly said: string }> {
  const result = await look(world, check);
  transcript.add({
    atMs: world.clock.now(),
    target: check.url,
    ok: result.verdict === 'pass',
    said: result.said,
  });
  return result;
}

async function look(
  world: World,
  check: VerifyCheck,
): Promise<{ verdict: RouteVerdict; said: string }> {
  const endpoint = await proxyEndpoint(world, check.url).catch(() => null);
  if (endpoint === null) return { verdict: 'inconclusive', said: 'the proxy does not run' };
  const answer = await world.probe({
    url: check.url,
    connectTo: endpoint,
    timeoutMs: check.timeoutMs,
    verifyTls: false,
  });
  if (answer.kind !== 'answer') {
    // An answer that never comes is the app's; a proxy that takes no connection is not.
    const verdict = answer.kind === 'timeout' || answer.kind === 'reset' ? 'fail' : 'inconclusive';
    return { verdict, said: answer.message };
  }
  const judged = judgeAnswer(answer, check);
  return { verdict: judged.ok ? 'pass' : 'fail', said: judged.said };
}
