/** What `setup/start-servers.mjs` hands on. URLs of logins name the cluster's own database, `postgres`. */
export interface TestServers {
  readonly template: string;
  readonly dataOwnerUrl: string;
  readonly tenantUrl: string;
  readonly relayUrl: string;
  readonly directoryUrl: string;
  readonly keystoreOwnerUrl: string;
  readonly keystoreUrl: string;
  readonly redisUrl: string;
  readonly dataDirectories: { readonly data: string; readonly keystore: string };
}

/** The servers of this run of the tests. Throws when none were started: the spec's name must say it needs them. */
export function testServers(): TestServers {
  const text = process.env.PERSONR_TEST_SERVERS;
  if (text === undefined) {
    throw new Error(
      'No test servers run: name the spec .db.spec.ts or .e2e.spec.ts, and run it by the root jest config.',
    );
  }
  return JSON.parse(text) as TestServers;
}
