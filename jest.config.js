import { availableParallelism } from 'node:os';

const transform = { '^.+\\.ts$': '<rootDir>/test/support/transpile.js' };

const project = (displayName, extra) => ({
  displayName,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform,
  ...extra,
});

export default {
  // One more than there are cores: the longest files mostly wait for processes that they started.
  maxWorkers: availableParallelism() + 1,
  // No case is about five seconds: a machine that is busy with other things must not fail one.
  testTimeout: 30_000,
  testSequencer: '<rootDir>/test/support/long-first.js',
  projects: [
    project('unit', {
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
    }),
    project('e2e', {
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/long-timeout.ts'],
    }),
  ],
};
