import { type Contract, operationsOf, partsOf, resolve, type Schema } from './document.js';

/** Says of every object of a JSON request that it takes no other members: they are refused (`UNKNOWN_MEMBER`). */
export function closeRequests(contract: Contract): void {
  const { schemas } = contract.components;
  const seen = new Set<Schema>();
  const close = (found: Schema): void => {
    const schema = resolve(found, schemas);
    if (seen.has(schema)) return;
    seen.add(schema);
    if (schema.properties !== undefined) schema.additionalProperties ??= false;
    for (const part of partsOf(schema)) close(part);
  };
  for (const { operation } of operationsOf(contract)) {
    const media = operation.requestBody?.content['application/json'];
    if (media?.schema !== undefined) close(media.schema);
  }
}
