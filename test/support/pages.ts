import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the repository, with a slash at its end. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Paths of the files that the repository has, without built ones. */
export function trackedFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: repository, encoding: 'utf8' });
  return listed.split('\0').filter((path) => path !== '' && !path.startsWith('dist/'));
}

/** The text of a file of the repository. */
export function textOf(path: string): string {
  return readFileSync(repository + path, 'utf8');
}

/** A page of the documentation. */
export interface Page {
  readonly path: string;
  readonly text: string;
  /** The text without its blocks of code. */
  readonly prose: string;
  readonly blocks: readonly { readonly language: string; readonly code: string }[];
}

/** Every page that is written for people. */
export function pages(): readonly Page[] {
  return trackedFiles()
    .filter((path) => path.endsWith('.md'))
    .map((path) => {
      const text = textOf(path);
      const block = /^```(\w*)\n([\s\S]*?)^```$/gm;
      const blocks = [...text.matchAll(block)].map(([, language = '', code = '']) => ({
        language,
        code,
      }));
      return { path, text, prose: text.replaceAll(block, ''), blocks };
    });
}

/** What stands between backticks in a text. */
export function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
}
