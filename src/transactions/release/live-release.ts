import type { Config } from '../../config/config';
import type { PlacedRelease } from '../../domain/records/plan';
import { printState, type HostState } from '../../domain/records/state';
import { judgeStanding } from '../../domain/release/judge-host';
import { repairState } from '../../domain/release/repair-state';
import type { Evaluation } from '../../operations/release/evaluate-compose';
import { hostPath } from '../../operations/release/release-files';
import { typed } from '../../operations/release/typed';
import type { Findings } from './findings';
import { judgeHolder } from './judge-holder';
import type { Survey } from './survey';

/** S0: which release serves; when that is not proven, a person has to look. */
export function liveRelease(
  config: Config,
  seen: Survey,
  evaluation: Evaluation,
  stack: { readonly project: string; readonly adopted: PlacedRelease | null },
  findings: Findings,
): PlacedRelease | null {
  // Who deploys right now may be between marker and record: that it holds the lease is the answer then.
  if (judgeHolder(seen).length > 0) return null;
  // Where no marker can be seen, that says nothing about what serves.
  const hidden = evaluation.folderFaults.some(({ kind }) => kind === 'hidden');
  if (!evaluation.directoryExists || hidden) return null;
  // What another user's folder has on record is not seen from here; that it is there is the answer.
  if (seen.bases.some((base) => base !== seen.base)) return null;
  const standing = judgeStanding(seen.facts, evaluation, config, stack);
  if (standing.kind === 'known') return standing.live;
  const last = seen.facts.journal.findLast(({ phase }) => phase !== 'note');
  const told =
    last === undefined ? '' : `. The last record is ${last.step} ${last.phase} of ${last.time}`;
  findings.addUnproven({
    path: seen.base,
    says: `it is not proven what serves: ${standing.reason}${told}`,
    fix: `look at the containers and at this folder on the server; if a keeper of the last deploy is there but stopped (docker ps -a --filter label=shiplock.keeper), docker start brings it to its end`,
  });
  const repaired = repairState(seen.facts, evaluation, config, timeOf(seen));
  if (repaired !== null) findings.explain(repairSteps(seen.base, repaired));
  return null;
}

/** The server's own time, in which its records are kept. */
const timeOf = ({ look }: Survey): string => new Date(look.clock * 1000).toISOString();

/** How a person says what is true, once it is known to be. */
function repairSteps(base: string, state: HostState): string {
  const { live } = state;
  const path = hostPath.state(base);
  return [
    `The proxy sends requests to ${live.slot}, where ${live.release} was released last. If that is what serves, and what shall serve, write it down on the server:`,
    `umask 077; cp -p ${typed([path])} ${typed([`${path}.damaged`])}; cat >${typed([path])} <<'END'\n${printState(state)}END`,
  ].join('\n\n');
}
