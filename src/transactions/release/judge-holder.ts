import type { Problem } from '../../domain/problem';
import { describeHolder } from '../../domain/release/describe-holder';
import { judgeLease } from '../../domain/release/judge-lease';
import type { Survey } from './survey';

/** Another run that holds the lease and can still act; none = the lease may be taken. */
export function judgeHolder({
  facts,
  keepers,
  look,
}: Pick<Survey, 'facts' | 'keepers' | 'look'>): Problem[] {
  const deploys = keepers.map(({ deploy }) => deploy);
  const judged = judgeLease(facts.lease, deploys, look.clock);
  if (judged.kind !== 'held') return [];
  return [
    {
      path: 'lease',
      says: `is held: ${describeHolder(judged.holder)}`,
      fix: 'wait until that run has ended on the server; its keeper frees the lease by itself',
    },
  ];
}
