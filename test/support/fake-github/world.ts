/** A check run; of a workflow's job it is the job too. Tests change it while a run waits. */
export interface CheckRun {
  readonly id: number;
  readonly sha: string;
  readonly app: string;
  readonly suite: number;
  /** The workflow run whose job it is. */
  readonly run: WorkflowRun | null;
  name: string;
  status: 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending';
  conclusion: string | null;
  startedAt: string | null;
  runner: string | null;
}

export interface WorkflowRun {
  readonly id: number;
  readonly sha: string;
  readonly suite: number;
  readonly name: string;
  readonly path: string;
  readonly event: string;
  status: string;
  conclusion: string | null;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly url: string | null;
}

/** A comment of a pull request; its author is null when that account is gone. */
export interface IssueComment {
  readonly id: number;
  readonly author: string | null;
  body: string;
}

/** A SARIF file that was uploaded, unpacked. */
export interface Analysis {
  readonly id: string;
  readonly ref: string;
  readonly sha: string;
  readonly log: unknown;
}

type Given<Kind> = Partial<Kind> & { readonly name: string };
export type Access = 'none' | 'read' | 'write';

/** The commit and the run that `test/support/runner/runner.ts` gives to an action. */
export const defaultCommit = 'ffac537e6cbbf934b08745a378932722df287a53';
export const defaultRun = 1658821493;

/** What one repository at GitHub holds: a commit on `main`, and what a test adds. Later ids are greater, as at GitHub. */
export class World {
  readonly repository = {
    owner: 'octo-org',
    name: 'octo-repo',
    description: 'A <b>repository</b>' as string | null,
    license: 'MIT' as string | null,
    defaultBranch: 'main',
  };
  /** Committer's dates by commit. */
  readonly commits = new Map([[defaultCommit, '2020-02-03T04:05:06Z']]);
  /** Parents by commit; what is not here has one that nobody knows. */
  readonly parents = new Map<string, readonly string[]>();
  /** Commits by full name of the ref. */
  readonly refs = new Map([['refs/heads/main', defaultCommit]]);
  readonly runs: WorkflowRun[] = [];
  readonly checks: CheckRun[] = [];
  readonly statuses: CommitStatus[] = [];
  readonly analyses: Analysis[] = [];
  /** What becomes of every analysis. */
  processing: { status: 'pending' | 'complete' | 'failed'; errors: readonly string[] } = {
    status: 'complete',
    errors: [],
  };
  /** Of the one pull request that there is. */
  readonly comments: IssueComment[] = [];
  /** Whose token it is. */
  login = 'github-actions[bot]';
  /** What the token may do; what is not named it may. */
  permissions: Readonly<Record<string, Access>> = {};
  readonly #files = new Map<string, string>();
  #ids = 1000;

  /** An id that nothing has yet. */
  id(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** Adds a commit, unless it is there. */
  commit(sha: string, date = '2026-11-23T10:00:00Z'): string {
    if (!this.commits.has(sha)) this.commits.set(sha, date);
    return sha;
  }

  tag(...names: readonly string[]): void {
    for (const name of names) this.refs.set(`refs/tags/${name}`, defaultCommit);
  }

  /** Puts a file into one commit, or into all of them. */
  file(path: string, text: string, sha = '*'): void {
    this.#files.set(`${sha}:${path}`, text);
  }

  fileAt(path: string, sha: string): string | null {
    return this.#files.get(`${sha}:${path}`) ?? this.#files.get(`*:${path}`) ?? null;
  }

  /** A run of a workflow, which succeeded unless it is told otherwise; its check suite comes with it. */
  run(given: Given<WorkflowRun>): WorkflowRun {
    const { status = 'completed', sha = defaultCommit } = given;
    const run = {
      id: this.id(),
      suite: this.id(),
      path: `.github/workflows/${given.name.toLowerCase()}.yml`,
      event: 'push',
      conclusion: status === 'completed' ? 'success' : null,
      ...given,
      status,
      sha: this.commit(sha),
    };
    this.runs.push(run);
    return run;
  }

  /** A job of a run, with the check run that it is. */
  job(run: WorkflowRun, given: Given<CheckRun>): CheckRun {
    const runner = `GitHub Actions ${this.#ids}`;
    return this.check({
      app: 'github-actions',
      suite: run.suite,
      sha: run.sha,
      run,
      runner,
      ...given,
    });
  }

  /** A check run of any app, which succeeded unless it is told otherwise. */
  check(given: Given<CheckRun>): CheckRun {
    const { status = 'completed', sha = defaultCommit, app = 'other-app' } = given;
    const conclusion = status === 'completed' ? 'success' : null;
    const before = this.checks.find(
      (one) => one.app === app && one.sha === sha && one.run === null,
    );
    const check = {
      id: this.id(),
      suite: before?.suite ?? this.id(),
      startedAt: '2026-11-23T10:00:00Z',
      runner: null,
      run: null,
      conclusion,
      ...given,
      status,
      app,
      sha: this.commit(sha),
    };
    this.checks.push(check);
    return check;
  }

  status(given: Partial<CommitStatus> & Pick<CommitStatus, 'context'>): CommitStatus {
    const { sha = defaultCommit } = given;
    const status = {
      id: this.id(),
      state: 'success',
      description: null,
      url: null,
      ...given,
      sha: this.commit(sha),
    };
    this.statuses.push(status);
    return status;
  }

  comment(author: string | null, body: string): IssueComment {
    const comment = { id: this.id(), author, body };
    this.comments.push(comment);
    return comment;
  }

  /** The commit that a name stands for: itself, a branch, a tag, or a full ref; null when there is none. */
  commitOf(name: string): string | null {
    if (this.commits.has(name)) return name;
    const places = ['', 'refs/', 'refs/heads/', 'refs/tags/'];
    return places.map((place) => this.refs.get(place + name)).find(Boolean) ?? null;
  }
}
