/** The import rules of docs/architecture.md, one per room. `npm run boundaries` checks them. */
const ROOMS = [
  'domain',
  'workflows',
  'activities',
  'api',
  'bridge',
  'consumers',
  'platform',
  'scripts',
  'bench',
  'test',
];
const others = (...allowed) => `^(${ROOMS.filter((room) => !allowed.includes(room)).join('|')})/`;
const room = (name, comment, ...allowed) => ({
  name: `${name}-imports`,
  comment,
  severity: 'error',
  from: { path: `^${name}/` },
  to: { path: others(name, ...allowed) },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: { pathNot: '^prisma/generated/' },
      to: { circular: true },
    },
    {
      name: 'no-orphan-import',
      comment: 'an import that does not resolve',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    room('domain', 'domain is pure: it imports no other room'),
    room('platform', 'platform may import domain', 'domain'),
    room('activities', 'activities may import domain and platform', 'domain', 'platform'),
    room('api', 'api may import domain, workflows and platform', 'domain', 'workflows', 'platform'),
    room('bridge', 'bridge may import domain and platform', 'domain', 'platform'),
    room('consumers', 'consumers may import domain and platform', 'domain', 'platform'),
    {
      name: 'workflows-imports',
      comment:
        'workflows may import domain, and of activities only types (see .dependency-cruiser.runtime.cjs)',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^(api|bridge|consumers|platform|scripts|bench|test)/' },
    },
    {
      name: 'workflows-are-deterministic',
      comment: 'no Node built-ins and no packages but the Temporal workflow ones',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev'],
        pathNot: 'node_modules/@temporalio/(workflow|common)/',
      },
    },
    {
      name: 'domain-packages',
      comment: 'domain knows no framework; luxon is its only package (time zones)',
      severity: 'error',
      from: { path: '^domain/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: 'node_modules/(luxon|@types/luxon)/' },
    },
    {
      name: 'kafkajs-behind-its-port',
      severity: 'error',
      from: { pathNot: '^platform/kafka/' },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'product-does-not-import-tooling',
      severity: 'error',
      from: { path: '^(domain|workflows|activities|api|bridge|consumers|platform)/' },
      to: { path: '^(scripts|bench|test)/' },
    },
  ],
  options: {
    doNotFollow: { path: '(node_modules|prisma/generated)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
