import { type Contract, operationsOf } from './document.js';
import { OPERATION_WORDS } from './operation-words.js';

/** Says of every operation what it is for and which scope it needs. */
export function explainOperations(contract: Contract): void {
  for (const { operation } of operationsOf(contract)) {
    const scope = operation['x-scope'];
    delete operation['x-scope'];
    const words =
      operation.description ?? OPERATION_WORDS[operation.operationId] ?? `${operation.summary ?? ''}.`;
    operation.description = scope === undefined ? words : `${words}\n\nNeeds the scope \`${scope}\`.`;
    operation.security = scope === undefined ? (operation.security ?? []) : [{ token: [scope] }];
  }
}
