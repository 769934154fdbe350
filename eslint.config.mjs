import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const DOWNWARD = Array.from({ length: 11 }, (_, floor) => ({
  sourceTag: `floor:${String(floor)}`,
  onlyDependOnLibsWithTags: Array.from({ length: floor }, (_, below) => `floor:${String(below)}`).concat(
    floor === 10 ? ['floor:10'] : floor === 0 ? ['nothing'] : [],
  ),
}));

const CLOCK_ONLY = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time comes from Clock, so that a test can set it.',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time comes from Clock, so that a test can set it.',
  },
];

const STYLE = [
  { selector: 'TSEnumDeclaration', message: 'A union of string literals says the same with less.' },
  { selector: 'ExportDefaultDeclaration', message: 'A named export keeps one name everywhere.' },
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'Only an app reads the environment, in its config.ts.',
  },
  {
    selector: 'CallExpression[callee.property.name=/^\\$(queryRawUnsafe|executeRawUnsafe)$/]',
    message: 'SQL is written as a tagged template.',
  },
];

/** At most four parameters. A constructor that a container calls lists collaborators instead: at most six. */
const FEW_PARAMETERS = [
  {
    selector: ':matches(FunctionDeclaration, ArrowFunctionExpression)[params.length>4]',
    message: 'At most four parameters: put what belongs together into one object.',
  },
  {
    selector: "MethodDefinition[kind!='constructor'] > FunctionExpression[params.length>4]",
    message: 'At most four parameters: put what belongs together into one object.',
  },
  {
    selector: "MethodDefinition[kind='constructor'] > FunctionExpression[params.length>6]",
    message: 'More than six collaborators are two classes.',
  },
];

const GENERATED_CLIENT = {
  patterns: [
    { group: ['**/generated/**', '@prisma/client'], message: 'Prisma stays behind the doors of tenancy.' },
  ],
};

/** Specs and the tools that drive everything from outside may be long and may use the real clock. */
const DRIVERS = ['tools/**/*.ts', '**/*.spec.ts', '**/*.spec-helper.ts', '**/testing.ts'];

export default tseslint.config(
  {
    ignores: [
      'prisma.config.ts',
      '**/dist/',
      '.nx/',
      '.personr/',
      'coverage/',
      'libs/tenancy/src/generated/',
      '**/*.gen.ts',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 8],
      'max-params': 'off',
      'max-depth': ['error', 3],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...STYLE, ...CLOCK_ONLY, ...FEW_PARAMETERS],
      'no-restricted-imports': ['error', GENERATED_CLIENT],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          banTransitiveDependencies: false,
          depConstraints: [...DOWNWARD, { sourceTag: 'side:pure', onlyDependOnLibsWithTags: ['side:pure'] }],
        },
      ],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { prefer: 'type-imports', fixStyle: 'inline-type-imports' },
      ],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  {
    files: ['libs/tenancy/src/**/*.ts', 'prisma.config.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    // DTOs and views are classes only because decorators need something to stand on; they are used as shapes.
    files: ['apps/**/*.ts', 'tools/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  {
    files: ['apps/*/src/config.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...STYLE.filter((rule) => !rule.selector.includes('env')),
        ...CLOCK_ONLY,
      ],
    },
  },
  {
    files: ['apps/*/src/app.module.ts', 'apps/*/src/config.ts', 'apps/*/src/main.ts'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
  {
    files: ['libs/kernel/src/clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ...STYLE] },
  },
  {
    files: ['apps/verifier/src/**/*.ts', 'tools/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: DRIVERS,
    rules: {
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': 'off',
      'no-restricted-syntax': ['error', ...STYLE.filter((rule) => !rule.selector.includes('env'))],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.spec-helper.ts', '**/testing.ts'],
    rules: {
      '@nx/enforce-module-boundaries': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': 'off',
    },
  },
);
