export * from './terms.js';
export * from './terms.module.js';
export * from './terms-reader.js';
