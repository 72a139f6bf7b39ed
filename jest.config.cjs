/** Tests run on the sources; swc strips the types, `npm run typecheck` checks them. */
const swc = {
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
  jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
};

/** Packages that come as ES modules only, which jest cannot `require` as Node itself can. */
const ES_MODULES = ['jose'];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '^.+\\.[cm]?[jt]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  // One more than two cores: much of a test is waiting.
  maxWorkers: 3,
  testTimeout: 120_000,
};
