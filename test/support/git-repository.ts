import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Runs git as octocat, with no settings of this machine; gives what it prints. */
export const git = (folder: string, ...words: string[]): string => fedGit(folder, '', ...words);

function fedGit(folder: string, input: string, ...words: string[]): string {
  return execFileSync('git', ['-C', folder, ...words], {
    encoding: 'utf8',
    input,
    stdio: 'pipe',
    maxBuffer: 2 ** 28,
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'octocat',
      GIT_AUTHOR_EMAIL: 'octocat@github.com',
      GIT_COMMITTER_NAME: 'octocat',
      GIT_COMMITTER_EMAIL: 'octocat@github.com',
      ...dates(),
    },
  }).trim();
}

let minute = 0;

// Each call a minute later: `git log` shows commits by their dates.
function dates(): Record<string, string> {
  const date = new Date(Date.UTC(2026, 0, 1) + (minute += 1) * 60_000).toISOString();
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
}

/** A new repository on `main`. */
export function makeRepository(folder: string): string {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '--quiet', '--initial-branch=main');
  return folder;
}

/** Writes files, and commits them with all else that was changed; gives the commit. */
export function commit(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  git(folder, 'add', '--all');
  git(
    folder,
    'commit',
    '--quiet',
    '--allow-empty',
    `--message=change ${Object.keys(files).join(' ')}`,
  );
  return git(folder, 'rev-parse', 'HEAD');
}

/** So many commits of one file on main of a new repository, made by one start of git; the first one first. */
export function history(folder: string, file: string, count: number): string[] {
  const made = Array.from({ length: count }, (_, index) => {
    const text = String(index);
    const seconds = Date.UTC(2026, 0, 1) / 1000 + (minute += 1) * 60;
    return `commit refs/heads/main
committer octocat <octocat@github.com> ${seconds} +0000
data <<end
change ${file}
end
M 100644 inline ${file}
data ${text.length}
${text}
`;
  });
  fedGit(folder, made.join(''), 'fast-import', '--quiet');
  git(folder, 'reset', '--quiet', '--hard');
  return git(folder, 'rev-list', '--reverse', 'main').split('\n');
}
