import { relative } from 'node:path';
import { startStack } from '@personr/stack';
import { keepCredentials, readCredentials, writeShellVariables } from './credentials.js';
import { onboard } from './onboard.js';
import { forgetRunning, keepRunning } from './running.js';
import { STATE } from './with-servers.js';

const BUSINESSES = ['Invented Bank', 'Invented Market'] as const;
const FILES = ['bank.env', 'market.env'] as const;

const say = (line: string): void => {
  console.error(line);
};

/** Starts the product in `.personr/` and keeps it running; takes two invented Businesses in the first time. */
export async function start(): Promise<null> {
  const port = process.env.PORT;
  const stack = await startStack({
    stateDirectory: STATE,
    log: say,
    ...(port === undefined ? {} : { port: Number(port) }),
  });
  const { stateDirectory, apiUrl } = stack;
  keepRunning(stateDirectory, { ...stack.env, DATA_OWNER_URL: stack.dataOwnerUrl });
  stack.atStop(() => {
    forgetRunning(stateDirectory);
  });
  const kept = readCredentials(stateDirectory);
  const tenants = kept ?? (await onboard(stack.env, BUSINESSES));
  if (kept === null) keepCredentials(stateDirectory, tenants);
  const files = tenants.map((tenant, position) => {
    const file = FILES[position] ?? `tenant-${position}.env`;
    return relative('.', writeShellVariables(stateDirectory, { file, apiUrl, tenant }));
  });
  const lines = tenants.map(
    ({ name, vkey }, position) => `  ${name}\n    source ${files[position] ?? ''}\n    verifier key  ${vkey}`,
  );
  say(`
The product runs at ${apiUrl}
  ready?     curl -s ${apiUrl}/health/ready
  contract   ${apiUrl}/docs, as JSON ${apiUrl}/openapi.json

Two invented Businesses; their credentials are in ${relative('.', stateDirectory)}/credentials.json, readable by you alone
${lines.join('\n')}

In another terminal:
${tryItOut(files[0] ?? '')}

Ctrl-C ends everything; the data stays in ${relative('.', stateDirectory)}/.`);
  return null;
}

/** Lines to copy and paste: one person in, one deletion out, and its receipt verified. */
const tryItOut = (file: string): string => `
  source ${file}
  json() { node -p "JSON.parse(require('fs').readFileSync(0, 'utf8'))$1"; }
  TOKEN=$(curl -s -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials $API/oauth/token | json .access_token)
  ask() { curl -s -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' "$@"; }

  ask $API/v1/subjects -d '{"externalId": "cust-4711", "records": [{"element": "FULL_NAME", "value": "Ada Invented",
    "source": "CLIENT_OR_AGENT", "purpose": "IDENTITY_VERIFICATION", "collectedAt": "2026-11-23T18:00:00Z"}]}'
  ID=$(ask $API/v1/instructions -d '{"type": "DELETE", "subject": {"externalId": "cust-4711"},
    "basis": "END_OF_PURPOSE", "writing": {"text": "Erase everything held about this customer."}}' | json .id)
  until ask $API/v1/instructions/$ID | grep -q '"final":true'; do sleep 0.2; done
  ask $API/v1/instructions/$ID | json .state
  ask $API/v1/instructions/$ID/receipt > .personr/receipt.json
  node apps/verifier/dist/personr-verify.mjs receipt .personr/receipt.json --key "$VKEY"`;
