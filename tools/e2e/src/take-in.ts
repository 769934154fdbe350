import { anAdmission } from './bodies.js';
import { type House, type TestTenant } from './house.js';

/** Takes in so many subjects of the tenant, from `cust-0` on unless it is another, in one import. Returns their ids, in that order. */
export const takeIn = async (house: House, tenant: TestTenant, size: number, from = 0): Promise<string[]> => {
  const lines = Array.from({ length: size }, (_, at) =>
    JSON.stringify({ key: `line-${from + at}`, ...anAdmission(`cust-${from + at}`) }),
  );
  const answer = await house.http
    .post('/v1/subjects/import')
    .auth(tenant.token, { type: 'bearer' })
    .set('Content-Type', 'application/x-ndjson')
    .send(`${lines.join('\n')}\n`)
    .buffer(true)
    .parse((response, done) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        done(null, text);
      });
    })
    .expect(200);
  return (answer.body as string)
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { id?: string }]))
    .flatMap(({ id }) => id ?? []);
};
