import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

/** @typedef {import('./rules.mjs').House} House */
/** @typedef {import('./rules.mjs').Project} Project */

const NOT_SOURCE = new Set(['node_modules', 'dist', 'generated', 'coverage']);
const SOURCE = /\.[cm]?[jt]sx?$/;

/**
 * Reads the house: projects and edges from the graph that `nx graph --file` wrote, imports from the sources.
 *
 * @param {string} root
 * @param {string} graphFile
 * @returns {House}
 */
export function readHouse(root, graphFile) {
  const { graph } = JSON.parse(readFileSync(graphFile, 'utf8'));
  const projects = projectsOf(graph);
  const names = new Set(projects.map(({ name }) => name));
  /** @type {{ source: string, target: string }[]} */
  const dependencies = Object.values(graph.dependencies).flat();
  const sources = projects.flatMap((project) =>
    sourcesIn(join(root, project.root)).map((path) => ({ project, file: slashed(relative(root, path)) })),
  );
  return {
    projects,
    edges: dependencies
      .filter(({ target }) => names.has(target))
      .map(({ source, target }) => ({ from: source, to: target })),
    imports: sources.flatMap(({ project, file }) =>
      specifiersIn(readFileSync(join(root, file), 'utf8')).map((specifier) => ({
        project: project.name,
        file,
        specifier,
        target: targetOf(specifier, file, projects),
      })),
    ),
    files: sources.map(({ file }) => file),
  };
}

/**
 * @param {{ nodes: Record<string, { data: { root: string, tags?: string[] } }> }} graph
 * @returns {Project[]}
 */
function projectsOf({ nodes }) {
  return Object.entries(nodes).map(([name, { data }]) => ({
    name,
    root: slashed(data.root),
    tags: data.tags ?? [],
  }));
}

/** @param {string} directory @returns {string[]} */
function sourcesIn(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return NOT_SOURCE.has(entry.name) ? [] : sourcesIn(path);
    return SOURCE.test(entry.name) ? [path] : [];
  });
}

/**
 * Every module that a source names: `import`, `export from`, `import()`, `require()`, `import('...')` in types.
 *
 * @param {string} source
 * @returns {string[]}
 */
export function specifiersIn(source) {
  return ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
}

/**
 * @param {string} specifier
 * @param {string} file
 * @param {readonly Project[]} projects
 */
function targetOf(specifier, file, projects) {
  if (specifier.startsWith('.')) {
    const path = posix.join(slashed(dirname(file)), specifier);
    return projects.find(({ root }) => path.startsWith(`${root}/`))?.name;
  }
  return projects.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))?.name;
}

/** @param {string} path */
const slashed = (path) => path.split(sep).join('/');
