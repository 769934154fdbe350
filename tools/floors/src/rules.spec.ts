import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readHouse, specifiersIn } from './read-house.mjs';
import { type House, type Import, violations } from './rules.mjs';

const project = (root: string, ...tags: string[]) => ({
  name: `@personr/${root.split('/').at(-1)!}`,
  root,
  tags,
});

const PROJECTS = [
  project('libs/kernel', 'floor:0', 'side:pure'),
  project('libs/proof', 'floor:1', 'side:pure'),
  project('libs/tenancy', 'floor:2'),
  project('libs/vault', 'floor:3'),
  project('libs/stores', 'floor:3'),
  project('libs/execution', 'floor:8'),
  project('apps/api', 'floor:9', 'exposed:internet'),
  project('apps/worker', 'floor:9'),
  project('apps/verifier', 'floor:9', 'side:pure'),
  project('tools/stack', 'floor:10'),
  project('tools/demo', 'floor:10'),
];

/** A house that keeps every rule, with these imports added: `'libs/vault/src/a.ts': '@personr/tenancy'`. */
function house(added: Record<string, string>, change: Partial<House> = {}): House {
  const imports = Object.entries({ 'libs/proof/src/tree.ts': '@personr/kernel', ...added }).map(
    ([file, specifier]): Import => ({
      project: PROJECTS.find(({ root }) => file.startsWith(root))!.name,
      file,
      specifier,
      target: PROJECTS.find(({ name }) => specifier === name)?.name,
    }),
  );
  const edges = [{ from: '@personr/proof', to: '@personr/kernel' }];
  return { projects: PROJECTS, edges, imports, files: imports.map(({ file }) => file), ...change };
}

const broken = (added: Record<string, string>) => violations(house(added));

describe('the rules of the house', () => {
  it('find nothing in a house that keeps them', () => {
    expect(
      broken({
        'libs/vault/src/seal.ts': '@personr/tenancy',
        'libs/tenancy/src/database.ts': './generated/client.js',
        'apps/api/src/app.module.ts': '@personr/vault',
        'apps/api/src/config.ts': '@personr/stores',
        'apps/api/src/main.ts': '@personr/execution',
        'apps/worker/src/relay.ts': 'bull',
        'apps/verifier/src/main.ts': 'node:fs',
        'tools/demo/src/main.ts': '@personr/stack',
        'tools/stack/src/main.ts': '@personr/worker',
      }),
    ).toEqual([]);
  });

  it.each([
    ['upward', { 'libs/tenancy/src/a.ts': '@personr/vault' }, 'floor 2 may only import'],
    ['sideways', { 'libs/vault/src/a.ts': '@personr/stores' }, 'floor 3 may only import'],
    ['from an app into another', { 'apps/api/src/a.ts': '@personr/worker' }, 'floor 9 may only import'],
    ['from a room into a tool', { 'libs/vault/src/a.ts': '@personr/stack' }, 'floor 3 may only import'],
    ['from pure to not pure', { 'apps/verifier/src/a.ts': '@personr/tenancy' }, 'only pure rooms'],
    ['of Nest by a pure room', { 'libs/proof/src/a.ts': '@nestjs/common' }, 'no framework'],
    ['of Prisma by a pure room', { 'apps/verifier/src/a.ts': '@prisma/adapter-pg' }, 'no framework'],
    ['of a Node module by a browser room', { 'libs/proof/src/a.ts': 'node:crypto' }, 'no Node modules'],
    ['of a Node module without its prefix', { 'libs/kernel/src/a.ts': 'fs/promises' }, 'no Node modules'],
    ['of the vault by the api', { 'apps/api/src/a.ts': '@personr/vault' }, 'faces the internet'],
    ['of the stores by the api', { 'apps/api/src/a.ts': '@personr/stores' }, 'faces the internet'],
    ['of execution by the api', { 'apps/api/src/a.ts': '@personr/execution' }, 'faces the internet'],
    ['of the vault by a config of a folder', { 'apps/api/src/x/config.ts': '@personr/vault' }, 'faces the'],
    ['of Bull by the api', { 'apps/api/src/a.ts': '@nestjs/bull' }, 'only apps/worker knows Bull'],
    ['of Bull by a room', { 'libs/execution/src/a.ts': 'bull' }, 'only apps/worker knows Bull'],
    [
      'of the generated client',
      { 'libs/vault/src/a.ts': '../../tenancy/src/generated/client.js' },
      'doors of',
    ],
    ['of the generated client by a spec', { 'libs/vault/src/a.spec.ts': '@prisma/client' }, 'doors of'],
  ])('see an import %s', (_what, added, sentence) => {
    const [first, ...rest] = broken(added);
    expect(first).toContain(sentence);
    expect(first).toContain(Object.keys(added)[0]);
    expect(rest).toEqual([]);
  });

  it('let specs and testing.ts reach what they test with', () => {
    expect(
      broken({
        'libs/vault/src/a.db.spec.ts': '@personr/stack',
        'libs/vault/src/testing.ts': '@personr/stores',
        'apps/api/src/a.e2e.spec.ts': '@personr/vault',
      }),
    ).toEqual([]);
  });

  it('see a project without a floor, and one with two', () => {
    const projects = [
      ...PROJECTS,
      project('libs/law', 'side:pure'),
      project('libs/work', 'floor:3', 'floor:4'),
    ];
    const found = violations(house({}, { projects }));
    expect(found.map((sentence) => sentence.split(' ')[0])).toEqual(['@personr/law', '@personr/work']);
  });

  it('refuse an empty graph, a graph without edges, and one whose edges they cannot see', () => {
    expect(violations({ projects: [], edges: [], imports: [], files: [] })[0]).toContain('graph is empty');
    expect(violations(house({}, { edges: [] }))[0]).toContain('no edges');
    const unseen = [{ from: '@personr/vault', to: '@personr/tenancy' }];
    expect(violations(house({}, { edges: unseen }))[0]).toContain('no import was found');
  });

  it('cap the kernel at ten files, not counting its tests', () => {
    const ten = Array.from({ length: 10 }, (_, index) => `libs/kernel/src/${index}.ts`);
    const tests = ['libs/kernel/src/0.spec.ts', 'libs/kernel/src/testing.ts'];
    expect(violations(house({}, { files: [...ten, ...tests] }))).toEqual([]);
    expect(violations(house({}, { files: [...ten, 'libs/kernel/src/10.ts'] }))[0]).toContain(
      '11 source files',
    );
  });
});

describe('reading the house', () => {
  const root = mkdtempSync(join(tmpdir(), 'personr-house-'));
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it('finds every way to name a module, and none in comments and texts', () => {
    const source = `
      import a from 'a'; import type { B } from 'b'; import 'c'; export * from 'd'; export { e } from 'e';
      const f = await import('f'); const g = require('g'); type H = import('h').H;
      // import 'no1'
      /* import 'no2' */ const text = "import 'no3'";`;
    expect(specifiersIn(source).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });

  it('follows imports by name, by subpath and by relative path to their project, and skips what is built', () => {
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    write(
      'libs/a/src/x.ts',
      `import '@p/b'; import '@p/b/testing'; import '../../b/src/y.js'; import './z.js';`,
    );
    write('libs/b/src/y.ts', '');
    write('libs/b/dist/y.js', `import '@p/a';`);
    write('libs/b/src/generated/client.ts', `import '@p/a';`);
    const data = (path: string) => ({ data: { root: path, tags: ['floor:1'] } });
    const dependencies = {
      '@p/a': [
        { source: '@p/a', target: '@p/b' },
        { source: '@p/a', target: 'npm:x' },
      ],
    };
    write(
      'graph.json',
      JSON.stringify({ graph: { nodes: { '@p/a': data('libs/a'), '@p/b': data('libs/b') }, dependencies } }),
    );

    const read = readHouse(root, join(root, 'graph.json'));

    expect(read.edges).toEqual([{ from: '@p/a', to: '@p/b' }]);
    expect(read.imports.map(({ target }) => target)).toEqual(['@p/b', '@p/b', '@p/b', '@p/a']);
    expect(read.files).toEqual(['libs/a/src/x.ts', 'libs/b/src/y.ts']);
  });
});
