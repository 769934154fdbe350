export * from './invent-person.js';
export * from './mrz.js';
export * from './person.js';
export * from './records-of.js';
