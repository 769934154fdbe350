import { tempDirectory } from '@personr/testkit';
import { FilesystemObjects } from './filesystem.objects.js';
import { type ObjectStore } from './object-store.js';
import { HouseStores } from './stores.module.js';

/** An object store of the caller's own, in a directory that goes away with the run of the tests. */
export const anObjectStore = (directory = tempDirectory('objects')): ObjectStore =>
  new FilesystemObjects(directory);

/** The stores of a house over an object store of their own. */
export const houseStores = (objects: ObjectStore = anObjectStore()): HouseStores => new HouseStores(objects);
