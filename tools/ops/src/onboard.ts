import { NestFactory } from '@nestjs/core';
import { type Onboarded, OnboardTenant } from '@personr/access';
import { LogSigner } from '@personr/audit';
import { type NewTerms } from '@personr/terms';
import { type OpsEnvironment, OpsModule } from './ops.module.js';

/** A Business that was taken in, its first credential, and the line a verifier pins to trust its log. */
export type OnboardedTenant = Onboarded & { readonly name: string; readonly vkey: string };

/** What a Business comes in under: the host of its log's origin, and its terms, the standard ones when left out. */
export type OnboardOptions = { readonly logHost?: string; readonly terms?: NewTerms };

/** Takes Businesses in, in order. Each secret is returned here and kept nowhere. */
export async function onboard(
  environment: OpsEnvironment,
  names: readonly string[],
  { logHost = 'personr.example', terms }: OnboardOptions = {},
): Promise<OnboardedTenant[]> {
  const app = await NestFactory.createApplicationContext(OpsModule.forRoot(environment), {
    logger: false,
    abortOnError: false,
  });
  try {
    const signer = LogSigner.fromFile(environment.LOG_SIGNING_KEY_FILE);
    const onboarded: OnboardedTenant[] = [];
    for (const name of names) {
      const tenant = await app
        .get(OnboardTenant)
        .run({ name, logHost, ...(terms === undefined ? {} : { terms }) });
      onboarded.push({ ...tenant, name, vkey: signer.vkey(tenant.logOrigin) });
    }
    return onboarded;
  } finally {
    await app.close();
  }
}
