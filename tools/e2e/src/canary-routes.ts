import { Contract, type Document, type Operation } from './bad-document.js';
import { type House, type TestTenant } from './house.js';

/** What is sent: a word that fits into a URL or a header, and a text that does not. */
export type Canary = { readonly word: string; readonly text: string };

/**
 * Sends the canary to every operation of the contract in every place that a client can fill: as ids, parameters, headers,
 * as each member of a body and as its name, as no JSON at all. Returns how many requests were refused.
 */
export async function sendEverywhere(
  house: House,
  tenant: TestTenant,
  { word, text }: Canary,
): Promise<number> {
  const contract = new Contract((await house.http.get('/openapi.json').expect(200)).body as Document);
  let refused = 0;
  for (const operation of contract.operations) {
    for (const body of bodiesOf(contract, operation, { word, text })) {
      const request = house.http[operation.method.toLowerCase() as 'post'](pathOf(operation, word))
        .auth(tenant.token, { type: 'bearer' })
        .set(headersOf(operation, word));
      const type = operation.body?.type.replace('*/*', 'application/octet-stream');
      const answer = await (type === undefined ? request : request.type(type).send(body));
      if (answer.status >= 400 && answer.status < 500) refused += 1;
    }
  }
  return refused;
}

function pathOf({ path, parameters }: Operation, word: string): string {
  const query = parameters.filter(({ in: place }) => place === 'query').map(({ name }) => `${name}=${word}`);
  return `${path.replaceAll(/\{\w+\}/g, word)}?${query.join('&')}`;
}

const headersOf = ({ parameters }: Operation, word: string): Record<string, string> =>
  Object.fromEntries(
    parameters.filter(({ in: place }) => place === 'header').map(({ name }) => [name, word]),
  );

function bodiesOf(contract: Contract, { body }: Operation, { word, text }: Canary): string[] {
  if (body === null) return [''];
  if (body.type === 'application/x-www-form-urlencoded') {
    return [
      new URLSearchParams({ grant_type: 'client_credentials', client_id: text, scope: word }).toString(),
    ];
  }
  const names = Object.keys(contract.resolve(body.schema).properties ?? {});
  const filled = Object.fromEntries(names.map((name) => [name, text]));
  const bodies = [filled, { ...filled, [text]: text }].map((one) => `${JSON.stringify(one)}\n`);
  return [...bodies, `{"${text}`, text];
}
