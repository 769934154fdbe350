export { type DocumentBytes, type DocumentContent } from './add-document.js';
export { type ClientCredential } from './client-credential.js';
export type * from './contract.js';
export { type paths } from './openapi.gen.js';
export {
  createPersonrClient,
  type Once,
  PersonrClient,
  type PersonrClientOptions,
} from './personr-client.js';
export { type PersonrCode, PersonrProblem } from './personr-problem.js';
export { type SigningKey } from './sign-assertion.js';
export { StillRunning, type Waiting } from './wait-until.js';
