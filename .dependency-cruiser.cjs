// The layer table of CONTRIBUTING.md as rules. A layer names what it may not reach; everything else is allowed.
const notTo = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
const src = (...layers) => `^src/(${layers.join('|')})(/|\\.ts$)`;
const packages = (...names) => `node_modules/(${names.join('|')})`;
const tagGrammar = [
  '@renovatebot',
  'csv-parse',
  'handlebars',
  'moment-timezone',
  'moment',
  'semver',
];
const NODE = { dependencyTypes: ['core'] };

module.exports = {
  forbidden: [
    notTo(
      'no-cycles',
      {},
      { circular: true },
      'A cycle means two files are one, or a wall is missing.',
    ),
    notTo('resolvable', { path: '^(src|scripts|test)' }, { couldNotResolve: true }),
    notTo(
      'pure-no-node',
      { path: src('domain', 'report', 'commands', 'contract', 'config') },
      NODE,
    ),
    notTo(
      'pure-packages',
      { path: src('domain', 'report', 'commands', 'contract', 'config') },
      { path: 'node_modules/', pathNot: packages('zod', 'yaml', ...tagGrammar, 'picomatch') },
      'Decisions know zod for the records; config and the merge gate also read YAML, tags what their grammar is made of, scans how paths are matched. Nothing else.',
    ),
    notTo(
      'tag-grammar-in-tags-only',
      { path: '^src/', pathNot: '^src/domain/tags/' },
      { path: packages(...tagGrammar) },
    ),
    notTo(
      'paths-in-scans-only',
      { path: '^src/', pathNot: '^src/domain/scan/' },
      { path: packages('picomatch') },
    ),
    notTo(
      'yaml-in-config-and-workflows-only',
      { path: '^src/', pathNot: [src('config'), '^src/domain/merge/'] },
      { path: packages('yaml') },
    ),
    notTo(
      'domain-report-alone',
      { path: src('domain') },
      { path: '^src/', pathNot: src('domain', 'errors') },
    ),
    notTo(
      'report',
      { path: src('report') },
      { path: '^src/', pathNot: src('report', 'domain', 'errors') },
    ),
    notTo(
      'commands',
      { path: src('commands') },
      { path: '^src/', pathNot: src('commands', 'domain', 'errors') },
    ),
    notTo(
      'contract',
      { path: src('contract') },
      { path: '^src/', pathNot: src('contract', 'domain', 'errors') },
    ),
    notTo(
      'config',
      { path: src('config') },
      { path: '^src/', pathNot: src('config', 'domain', 'errors') },
    ),
    notTo(
      'platform',
      { path: src('platform') },
      {
        path: '^src/',
        pathNot: [src('platform', 'domain', 'contract', 'errors'), '^src/commands/shell\\.ts$'],
      },
    ),
    notTo(
      'platform-contract-in-run-action-only',
      { path: src('platform'), pathNot: '^src/platform/github/(run-action|action-)' },
      { path: src('contract') },
    ),
    notTo(
      'operations',
      { path: src('operations') },
      { path: '^src/', pathNot: src('operations', 'domain', 'commands', 'platform', 'errors') },
    ),
    notTo(
      'transactions',
      { path: src('transactions') },
      {
        path: '^src/',
        pathNot: src(
          'transactions',
          'domain',
          'operations',
          'report',
          'config',
          'platform',
          'errors',
        ),
      },
    ),
    notTo(
      'steps-know-platform-types-only',
      { path: src('operations', 'transactions') },
      { path: src('platform'), dependencyTypesNot: ['type-only'] },
      'A step is handed its host; it does not make one.',
    ),
    notTo(
      'steps-no-toolkit',
      { path: src('operations', 'transactions', 'keeper') },
      { path: packages('@actions', 'node-ssh', 'ssh2') },
    ),
    notTo(
      'keeper',
      { path: src('keeper') },
      {
        path: '^src/',
        pathNot: src('keeper', 'domain', 'commands', 'operations', 'platform', 'errors'),
      },
    ),
    notTo(
      'wiring-is-for-entries',
      { path: '^src/', pathNot: src('actions', 'wiring') },
      { path: src('wiring') },
      'It hands real tools to transactions; what needs them is an action, the demo or a bench.',
    ),
    notTo(
      'keeper-is-uploaded-never-imported',
      { path: '^src/', pathNot: src('keeper') },
      { path: src('keeper') },
    ),
    notTo(
      'actions-apart',
      { path: '^src/actions/([^/]+)/' },
      { path: '^src/actions/', pathNot: '^src/actions/$1/' },
      'What two actions share is a transaction or a contract field.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['import', 'node', 'types', 'default'],
      exportsFields: ['exports'],
    },
  },
};
