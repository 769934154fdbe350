/** Says whether a jest command line can select a spec that needs a server. */
export function needsServers(argv: readonly string[]): boolean;
