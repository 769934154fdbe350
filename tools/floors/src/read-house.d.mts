import { type House } from './rules.mjs';

/** Reads the house: projects and edges from the graph that `nx graph --file` wrote, imports from the sources. */
export function readHouse(root: string, graphFile: string): House;

/** Every module that a source names. */
export function specifiersIn(source: string): string[];
