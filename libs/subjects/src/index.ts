export * from './add-records.js';
export * from './admit-subject.js';
export * from './find-subject.js';
export * from './read-inventory.js';
export * from './read-records.js';
export * from './subject.js';
export { countSubject, markErasing, removeSubject, unmarkErasing } from './subject.repository.js';
export * from './subjects.module.js';
export * from './identity-elements.js';
