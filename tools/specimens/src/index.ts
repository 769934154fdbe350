export * from './people/index.js';
export { type Specimen, type SpecimenFacts } from './specimen.js';
export { specimensOf } from './specimens-of.js';
export { type Crowd, writeSpecimens, type Written } from './write-specimens.js';
