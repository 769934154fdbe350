import { type DomainError } from '@personr/kernel';
import { assertVerified, type Policy, type VerificationLevel } from '@personr/law';
import { refusalOf } from './acceptance.js';
import { type NewInstruction } from './instruction.js';
import { type Target } from './resolve-subjects.js';

type Judged = { readonly order: NewInstruction; readonly footing: { readonly policy: Policy } };
type Known = Exclude<Target, { readonly kind: 'ERASED' }>;

/**
 * The order as the consumer's verification lets it be, or why it does not: what `assertVerified` throws. An export of
 * specific pieces that needs a higher level is one by categories, if the level is enough for those, and says so (Reg.
 * 7024(a), R-33).
 */
export function verifiedOrder(line: Judged, target: Known): NewInstruction | DomainError {
  const { order } = line;
  const refusal = unverified(line, target);
  if (refusal === null) return order;
  if (refusal.code !== 'VERIFICATION_LEVEL_TOO_LOW' || order.export?.content !== 'SPECIFIC_PIECES')
    return refusal;
  const notice = 'IDENTITY_NOT_VERIFIED' as const;
  const instead: NewInstruction = { ...order, export: { ...order.export, content: 'CATEGORIES', notice } };
  return unverified({ ...line, order: instead }, target) === null ? instead : refusal;
}

const unverified = ({ order, footing: { policy } }: Judged, target: Known): DomainError | null =>
  refusalOf(() => {
    assertVerified({
      ...order,
      content: order.export?.content,
      elements: target.kind === 'HELD' ? target.elements : [],
      atLeast: levelOf(order, policy),
    });
  });

/** What the policy wants in any case. */
function levelOf({ type, export: asked }: NewInstruction, policy: Policy): VerificationLevel | undefined {
  if (type === 'EXPORT')
    return asked?.content === 'CATEGORIES' ? policy.categoriesVerification : policy.piecesVerification;
  return policy.deleteVerification === 'REASONABLY_HIGH' ? 'REASONABLY_HIGH' : undefined;
}
