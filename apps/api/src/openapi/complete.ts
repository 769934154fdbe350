import { type Contract } from './document.js';
import { closeRequests } from './close-requests.js';
import { explainMembers } from './members.js';
import { explainOperations } from './operations.js';
import { showExamples } from './examples.js';
import { showHeaders } from './headers.js';
import { showProblems } from './problems.js';

/**
 * Completes what the routes say of themselves by what holds for all of them: headers, scopes, words for members of
 * the same name, an example for each body and each problem code. What a route says itself stays.
 */
export function complete(contract: Contract): Contract {
  explainMembers(contract);
  explainOperations(contract);
  closeRequests(contract);
  showProblems(contract);
  showHeaders(contract);
  showExamples(contract);
  return contract;
}
