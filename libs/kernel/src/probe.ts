/** A room's answer to "can you work?". Each room with an outside resource contributes one to `/health/ready`. */
export interface Probe {
  /** What is probed, as health shows it: `database`, `keyStore`, `keyring`, `redis`. */
  readonly name: string;

  /** Resolves when the resource answers; may add facts for the operator. Rejects when it does not. */
  check(): Promise<Readonly<Record<string, string>> | undefined>;
}
