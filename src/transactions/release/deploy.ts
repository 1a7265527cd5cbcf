import { hostPathOf } from '../../domain/compose/sent-files';
import type { ComposeSource } from '../../operations/release/evaluate-compose';
import type { Plan } from '../../domain/records/plan';
import { nextRelease } from '../../domain/release/choose-target';
import type { DeployReport } from '../../report/deploy-report';
import { beginReport, endReport } from './build-report';
import { chooseImages } from './choose-images';
import { newDeployId } from './deploy-id';
import type { DeployTools, HostRun, ReleaseRequest, SentFile } from './deploy-tools';
import { describePlan } from './describe-plan';
import { draftRelease, type Draft } from './draft-release';
import { withoutProblems, type Findings } from './findings';
import { describeGate, lookAtBackups, type BackupGate, type BackupWishes } from './gate-backups';
import { makePlan } from './make-plan';
import { onOneHost } from './one-host';
import { preflight, type Preflight } from './preflight';
import { releaseOnHost } from './release-on-host';
import { releaseFiles, sentFiles, settingsOf, type ReleaseSource } from './release-source';
import { standingAfterDeploy } from './read-standing';
import { survey, type Survey } from './survey';
import { takeLease } from './take-lease';

/** What is to be released. */
export interface DeployRequest extends ReleaseRequest {
  readonly version: string;
  /** The compose files of the checkout. */
  readonly source: ComposeSource;
  /** What of the checkout goes along. */
  readonly sent: readonly SentFile[];
  /** Lines of the input `images`. */
  readonly images: readonly string[];
  readonly backups: BackupWishes;
}

/** The release transaction: look, preflight, lease, then the new slot up under the keeper's eyes, and its end. */
export async function deploy(request: DeployRequest, tools: DeployTools): Promise<DeployReport> {
  const report = beginReport('deploy', request, tools.clock);
  return onOneHost(request, tools, async (run) => {
    const seen = await survey(run, request.source);
    const { before, draft, plan, sent, gate } = await withoutProblems(
      run.session.host.name,
      (findings) => planDeploy(run, request, seen, findings),
    );
    if (request.dryRun) {
      const intended = { before, plan, draft, source: request.source };
      const dryRun = await describePlan(run, { ...intended, backups: describeGate(gate) });
      return endReport(report, { plan, warnings: before.warnings, dryRun }, tools.clock);
    }
    const source = {
      compose: before.stack.compose,
      settings: settingsOf(run.config),
      verify: [...run.config.verify],
      ...{ env: { ...request.env }, sent },
    };
    const files = [...releaseFiles(draft, source), ...sentFiles(request.sent)];
    const keeperHash = await takeLease(run, before, plan, files);
    const { id, slot } = plan.target.release;
    for (const { word, text } of draft.slot.notes)
      tools.tell({ step: 'lease', phase: 'note', text: `${word}: ${text}` });
    tools.tell({ step: 'lease', phase: 'done', text: `${id} goes into ${slot}` });
    const done = await releaseOnHost(run, {
      plan,
      before,
      gate,
      keeperHash,
      rendered: draft.slot,
      onKeeper: request.onKeeper,
    });
    const standing = await standingAfterDeploy(run, before, plan, done);
    const backupSkipped = request.backups.skip;
    const known = { plan, warnings: before.warnings, standing, backupSkipped };
    return endReport(report, { ...known, done }, tools.clock);
  });
}

interface PlannedDeploy {
  readonly before: Preflight;
  readonly draft: Draft;
  readonly plan: Plan;
  readonly sent: ReleaseSource['sent'];
  readonly gate: BackupGate;
}

/** S1 to its end: a plan, or everything that stands in its way among the findings. */
async function planDeploy(
  run: HostRun,
  request: DeployRequest,
  seen: Survey,
  findings: Findings,
): Promise<PlannedDeploy | null> {
  const before = preflight(run, seen, findings);
  if (before === null) return null;
  const { tools, config } = run;
  const { stack } = before;
  const { version, env } = request;
  const [images, gate] = await Promise.all([
    chooseImages(run, request.images, before, findings),
    lookAtBackups(run, before, request.backups, findings, request.dryRun),
  ]);
  const deployId = newDeployId(tools);
  const createdAt = new Date(tools.clock.now()).toISOString();
  const next = nextRelease(seen.facts.ledger, stack.live?.release ?? null, version);
  const sent = sentPaths(run, request, before);
  const draft = await findings.from(() =>
    draftRelease(stack, config, {
      names: { ...next, version, deploy: deployId, createdAt },
      images,
      ...{ env, sent, withTasks: true },
      base: seen.base,
      sites: config.proxy.kind === 'managed' ? config.sites : null,
      hash: (text) => tools.hash(text, stack.token),
    }),
  );
  if (draft === null) return null;
  const { target } = draft;
  const plan = makePlan(run, before, {
    kind: 'deploy',
    deploy: deployId,
    target,
    startTarget: false,
  });
  return { before, draft, plan, sent, gate };
}

/** Where plain Compose would look for what goes along, and a hash of what is in it. */
function sentPaths(
  { tools }: HostRun,
  { sent, source }: DeployRequest,
  { stack }: Preflight,
): ReleaseSource['sent'] {
  const [first = ''] = source.names;
  return sent.map(({ path, files }) => ({
    path,
    host: hostPathOf(path, first, stack.directory),
    hash: tools.hash(
      files
        .map((file) => `${file.path}\0${tools.hash(Buffer.from(file.content).toString('latin1'))}`)
        .join('\n'),
    ),
  }));
}
