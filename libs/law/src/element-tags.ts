import { type Category } from './categories.js';

/**
 * Whether an element is sensitive personal information under 1798.140(ae). `CONDITIONAL`: only with something
 * the element does not show by itself (an access code beside an account number, a picture used to identify).
 */
export type Sensitivity = 'NO' | 'YES' | 'CONDITIONAL';

/**
 * How an element appears in an answer to the consumer. Output for the Business (RETURN) is always complete.
 *
 * - `GIVE`: as it is.
 * - `GIVE_OWN_PERSON`: as it is, where nobody else can be seen or heard (1798.145(k)).
 * - `GIVE_OR_MASK`: as it is, or masked where the tenant's policy says so.
 * - `MASK`: given, with the numbers, codes and regions that Reg. 7024(d) forbids masked and described.
 * - `DESCRIBE`: never given; that it is held is said specifically (Reg. 7024(d)).
 * - `WITHHOLD_AND_DESCRIBE`: security data, not a specific piece; its kind is said (1798.130(a)(3)(B)(iii)).
 * - `PER_BUSINESS`: the Business decides.
 */
export type ConsumerExport =
  | 'GIVE'
  | 'GIVE_OWN_PERSON'
  | 'GIVE_OR_MASK'
  | 'MASK'
  | 'DESCRIBE'
  | 'WITHHOLD_AND_DESCRIBE'
  | 'PER_BUSINESS';

/**
 * Whether a bank must keep the element as identifying information (31 CFR 1020.220(a)(3)).
 *
 * - `YES`, `NO`.
 * - `NUMBER_ONLY`: only the document number inside it.
 * - `DESCRIPTION`: as part of the description of the document relied on, (a)(3)(i)(B).
 * - `IF_COLLECTED_AS_SUCH`: only where the Business collected it as identifying information.
 * - `PER_BUSINESS`: the Business decides.
 */
export type AmlIdentifying =
  'YES' | 'NO' | 'NUMBER_ONLY' | 'DESCRIPTION' | 'IF_COLLECTED_AS_SUCH' | 'PER_BUSINESS';

/** What the law says of one data element. */
export interface ElementTags {
  readonly title: string;

  /** Every category the element falls into. Empty for what is derived from other elements. */
  readonly categories: readonly Category[];

  /** True for results of automated processing (S-43): they belong to the inventory but to no category. */
  readonly derived: boolean;
  readonly sensitive: Sensitivity;
  readonly consumerExport: ConsumerExport;
  readonly amlIdentifying: AmlIdentifying;

  /** Where the law says that the element is sensitive or that its value may not be given. */
  readonly citation?: string;
}
