import { alone } from './alone.mjs';
import { runTool } from './command.mjs';
import { timed } from './say.mjs';

/** Runs one target of every project that has it; Nx takes from its cache what has not changed. @param {string} target */
export const nxRunMany = (target) => runTool('nx', ['run-many', '-t', target, '--outputStyle=static']);

/** Builds every project that has changed since it was built. */
export const build = () => alone('build', () => timed('Building (nx, cached)', () => nxRunMany('build')));
