/**
 * Which folder may import which (docs/design.md 2): services -> libs -> contracts, and no service another.
 * Sources are read as TypeScript, so that a type-only import counts too.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment:
        'A cycle means that two files are one thing, or that something belongs in a third. Types alone may point back.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-unresolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'libs-import-no-services',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(services|seeds|tests)/' },
    },
    {
      name: 'no-service-imports-another',
      comment: 'Services meet on topics, in tables and over HTTP. What two of them need is a library.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'contracts-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^libs/contracts/' },
      to: { path: '^(libs|services|seeds|tests)/', pathNot: '^libs/contracts/' },
    },
    {
      name: 'ledger-imports-only-contracts',
      comment: 'The domain is pure: no I/O, no clock, no Kafka, no SQL.',
      severity: 'error',
      from: { path: '^libs/ledger/' },
      to: { path: '^(libs|services|seeds|tests)/', pathNot: '^libs/(ledger|contracts)/' },
    },
    {
      name: 'ledger-does-no-io',
      severity: 'error',
      from: { path: '^libs/(ledger|contracts)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'kafkajs-only-in-libs-kafka',
      severity: 'error',
      from: { pathNot: '^((libs|tests/libs)/kafka|tests/bench)/' },
      to: { path: '^node_modules/kafkajs' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(libs|services|seeds)/' },
      to: { path: '^tests/' },
    },
    {
      name: 'runs-without-dev-dependencies',
      severity: 'error',
      from: { path: '^(libs|services|seeds)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: '^node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts'],
    },
    skipAnalysisNotInRules: true,
  },
}
