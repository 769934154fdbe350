/**
 * Says whether a jest command line can select a spec that needs a server: not when it names only the unit
 * project, or only files that end in a plain `.spec.ts`.
 *
 * @param {readonly string[]} argv Without node and script.
 * @returns {boolean}
 */
export function needsServers(argv) {
  const projects = valuesOf(argv, '--selectProjects');
  if (projects.length > 0) return projects.some((name) => name !== 'unit');
  const ignored = valuesOf(argv, '--ignoreProjects');
  if (ignored.includes('db') && ignored.includes('e2e')) return false;
  const files = argv.filter((argument) => !argument.startsWith('-'));
  const isUnitFile = (/** @type {string} */ file) =>
    file.endsWith('.spec.ts') && !/\.(db|e2e)\.spec\.ts$/.test(file);
  return files.length === 0 || !files.every(isUnitFile);
}

/**
 * Jest takes as values of `option` everything up to the next option: `--selectProjects unit db`.
 *
 * @param {readonly string[]} argv
 * @param {string} option
 */
function valuesOf(argv, option) {
  const joined = argv
    .filter((argument) => argument.startsWith(`${option}=`))
    .map((found) => found.slice(option.length + 1));
  const at = argv.indexOf(option);
  if (at === -1) return joined;
  const rest = argv.slice(at + 1);
  const end = rest.findIndex((argument) => argument.startsWith('-'));
  return [...joined, ...(end === -1 ? rest : rest.slice(0, end))];
}
