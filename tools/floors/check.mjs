// Checks the rules of the house against the project graph and the sources; prints each breach, exits with 1 if any.
// Usage: node tools/floors/check.mjs [GRAPH.json]   (made by `nx graph --file=GRAPH.json`; made here when left out)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHouse } from './src/read-house.mjs';
import { violations } from './src/rules.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @param {string} file */
function writeGraph(file) {
  execFileSync(join(root, 'node_modules/.bin/nx'), ['graph', `--file=${file}`], {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return file;
}

const directory = mkdtempSync(join(tmpdir(), 'personr-floors-'));
try {
  const house = readHouse(root, process.argv[2] ?? writeGraph(join(directory, 'graph.json')));
  const found = violations(house);
  for (const violation of found) console.error(violation);
  console.log(`${house.projects.length} projects, ${house.imports.length} imports, ${found.length} breaches`);
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
