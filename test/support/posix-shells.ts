/** The shells that servers start our scripts with, each with its argv. */
export const shells: readonly (readonly [name: string, argv: readonly [string, ...string[]]])[] = [
  ['sh', ['sh']],
  ['dash', ['dash']],
  ['busybox', ['busybox', 'sh']],
];
