/** What may name a release: it becomes a part of folder names and labels. */
export const versionPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** The pattern in words, with what follows it in a sentence. */
export const versionFormat =
  'at most 128 letters, digits, dots, dashes and underscores, like v1.4.2';
