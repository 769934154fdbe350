import { type Clock } from '@personr/kernel';
import { type Tenancy } from '@personr/tenancy';
import { holdLease, type Lease } from '@personr/work';

/**
 * Does what takes longer than a lease, and says meanwhile that the lease is ours. `signal` aborts when it is not, or when
 * that could not be said; then the call rejects with why, once the work has ended: `LEASE_LOST`, for one.
 */
export async function holdWhile<T>(
  { tenancy, clock }: { readonly tenancy: Tenancy; readonly clock: Clock },
  lease: Lease,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  let saying: Promise<void> = Promise.resolve();
  const timer = setInterval(
    () => {
      saying = tenancy
        .forTenant(lease.tenantId, (tx) => holdLease(tx, lease, clock.now()))
        .catch((error: unknown) => {
          lost.abort(error);
        });
    },
    (lease.leaseSeconds * 1000) / 3,
  );
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(timer);
    // Or it would say so after whatever the caller does next.
    await saying;
  }
}
