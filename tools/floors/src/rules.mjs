import { isBuiltin } from 'node:module';

/** @typedef {import('./rules.mjs').House} House */
/** @typedef {import('./rules.mjs').Project} Project */
/** @typedef {import('./rules.mjs').Import} Import */
/** @typedef {Import & { from: Project, to: Project | undefined }} Edge */

const TOOLS = 10;
const KERNEL_FILES = 10;
const BEHIND_THE_DOOR = ['@personr/vault', '@personr/stores', '@personr/execution'];
const COMPOSITION_ROOT = ['app.module.ts', 'config.ts', 'main.ts'];
const BROWSER_ROOMS = ['kernel', 'law', 'proof', 'client'];
const FRAMEWORKS = /^(@nestjs\/|@prisma\/|prisma$|pg$|bull$|ioredis$)/;

/**
 * Checks the house: see `rules.d.mts`. Specs, their helpers and `testing.ts` are not shipped, so only the rules
 * on tags and on the generated client hold for them.
 *
 * @param {House} house
 * @returns {string[]}
 */
export function violations(house) {
  const projects = new Map(house.projects.map((project) => [project.name, project]));
  /** @type {Edge[]} */
  const all = house.imports.flatMap((found) => {
    const from = projects.get(found.project);
    return from === undefined ? [] : [{ ...found, from, to: projects.get(found.target ?? '') }];
  });
  const shipped = all.filter(({ file }) => !isTest(file));
  return [
    ...blindness(house),
    ...missingTags(house),
    ...shipped.flatMap(upward),
    ...shipped.flatMap(impure),
    ...shipped.flatMap(throughTheDoor),
    ...shipped.flatMap(bullOutsideWorker),
    ...all.flatMap(generatedClient),
    ...kernelCap(house),
  ];
}

/** A check that sees nothing passes; so seeing nothing is a breach. @param {House} house */
function blindness({ projects, edges, imports }) {
  if (projects.length === 0)
    return ['The project graph is empty: Nx sees no project, so no rule was checked.'];
  if (edges.length === 0)
    return ['The project graph has no edges: Nx reads no imports, so its lint rule is blind.'];
  const seen = new Set(imports.map(({ project, target }) => `${project} ${target ?? ''}`));
  return edges
    .filter(({ from, to }) => !seen.has(`${from} ${to}`))
    .map(
      ({ from, to }) =>
        `${from} depends on ${to} for Nx, but no import was found: this check does not see it.`,
    );
}

/** @param {House} house */
function missingTags({ projects }) {
  return projects
    .filter((project) => floorOf(project) === undefined)
    .map(({ name, root }) => `${name} has no floor: add one tag "floor:N" to ${root}/package.json.`);
}

/** @param {Edge} edge */
function upward({ file, specifier, from, to }) {
  if (to === undefined || to.name === from.name) return [];
  const [own, other] = [floorOf(from), floorOf(to)];
  if (own === undefined || other === undefined || other < own || (own === TOOLS && other === TOOLS))
    return [];
  return [
    `${file} imports ${specifier}: floor ${own} may only import floors below it, and that is floor ${other}.`,
  ];
}

/** @param {Edge} edge */
function impure({ file, specifier, from, to }) {
  if (!from.tags.includes('side:pure')) return [];
  if (to !== undefined && !to.tags.includes('side:pure')) {
    return [`${file} imports ${specifier}: a pure room imports only pure rooms.`];
  }
  if (FRAMEWORKS.test(specifier)) return [`${file} imports ${specifier}: a pure room knows no framework.`];
  if (BROWSER_ROOMS.includes(roomOf(from)) && isBuiltin(specifier)) {
    return [`${file} imports ${specifier}: ${roomOf(from)} runs in browsers, which have no Node modules.`];
  }
  return [];
}

/** @param {Edge} edge */
function throughTheDoor({ file, specifier, from, to }) {
  if (!from.tags.includes('exposed:internet') || to === undefined || !BEHIND_THE_DOOR.includes(to.name))
    return [];
  if (COMPOSITION_ROOT.some((name) => file === `${from.root}/src/${name}`)) return [];
  return [`${file} imports ${specifier}: what faces the internet reaches it only through the rooms between.`];
}

/** @param {Edge} edge */
function bullOutsideWorker({ file, specifier, from }) {
  const isBull = /^(bull|@nestjs\/bull)(\/|$)/.test(specifier);
  if (!isBull || from.root === 'apps/worker' || floorOf(from) === TOOLS) return [];
  return [`${file} imports ${specifier}: only apps/worker knows Bull.`];
}

/** @param {Edge} edge */
function generatedClient({ file, specifier, from }) {
  const isGenerated = /(^|\/)generated(\/|$)/.test(specifier) || /^@prisma\/client(\/|$)/.test(specifier);
  if (!isGenerated || from.root === 'libs/tenancy') return [];
  return [`${file} imports ${specifier}: the generated Prisma client stays behind the doors of tenancy.`];
}

/** @param {House} house */
function kernelCap({ files }) {
  const own = files.filter((file) => file.startsWith('libs/kernel/src/') && !isTest(file));
  if (own.length <= KERNEL_FILES) return [];
  return [
    `libs/kernel has ${own.length} source files; more than ${KERNEL_FILES} is a decision to be written down.`,
  ];
}

/** @param {Project} project */
function floorOf({ tags }) {
  const floors = tags.flatMap((tag) => /^floor:(\d+)$/.exec(tag)?.[1] ?? []);
  return floors.length === 1 ? Number(floors[0]) : undefined;
}

/** @param {Project} project */
const roomOf = ({ root }) => root.split('/').at(-1) ?? root;

/** @param {string} file */
const isTest = (file) => /(\.spec|\.spec-helper)\.ts$|(^|\/)testing\.ts$/.test(file);
