/**
 * One run, three kinds of project. A spec's suffix says what it needs:
 * `.spec.ts` nothing, `.db.spec.ts` PostgreSQL, `.e2e.spec.ts` everything.
 */
const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

// Published as ES modules only; jest runs CommonJS, so swc turns them.
const ESM_ONLY = [
  '@noble',
  '@scure',
  'age-encryption',
  'jose',
  'mrz',
  'oauth4webapi',
  'openapi-fetch',
  'openid-client',
  'openapi-typescript-helpers',
  'temporal-polyfill',
  'temporal-utils',
];

const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  transform: { '^.+\\.(ts|mjs|js)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join('|')})/)`],
  moduleNameMapper: {
    '^@prisma/client/runtime/(.*)\\.mjs$': '@prisma/client/runtime/$1.js',
    '^@personr/([a-z]+)/testing$': '<rootDir>/libs/$1/src/testing.ts',
    '^@personr/([a-z]+)$': [
      '<rootDir>/libs/$1/src/index.ts',
      '<rootDir>/tools/$1/src/index.ts',
      '<rootDir>/apps/$1/src/index.ts',
      '<rootDir>/tools/$1/src/index.mjs',
    ],
    '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'],
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.personr/', '<rootDir>/.nx/'],
};

const KIND = { unit: '', db: '.db', e2e: '.e2e', long: '.long' };

const project = (name, extra) => ({
  ...base,
  displayName: name,
  testMatch: [`<rootDir>/{apps,libs,tools}/*/src/**/*${KIND[name]}.spec.ts`],
  ...extra,
});

export default {
  testTimeout: 120_000,
  maxWorkers: 2,
  globalSetup: '<rootDir>/tools/testkit/setup/start-servers.mjs',
  globalTeardown: '<rootDir>/tools/testkit/setup/stop-servers.mjs',
  projects: [
    project('unit', {
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(db|e2e|long)\\.spec\\.ts$'],
    }),
    project('db'),
    project('e2e'),
    // Only `npm run test:long` says for how long.
    ...(process.env.PERSONR_LONG_MINUTES === undefined ? [] : [project('long')]),
  ],
};
