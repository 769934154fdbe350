/** In which role personal information is held: for a Business, or as a Business itself. */
export type Role = 'SERVICE_PROVIDER' | 'BUSINESS';

interface PurposeTags {
  readonly title: string;

  /** The role whose data the purpose applies to. */
  readonly role: Role;
  readonly citation: string;
}

const serviceProvider = (title: string, citation: string): PurposeTags => ({
  title,
  role: 'SERVICE_PROVIDER',
  citation,
});
const business = (title: string, citation: string): PurposeTags => ({ title, role: 'BUSINESS', citation });

const TABLE = {
  IDENTITY_VERIFICATION: serviceProvider('verify the identity of users', 'Notification, S-42'),
  AML_CFT_COMPLIANCE: serviceProvider("the Client's AML/CFT or other legal compliance", 'Notification, S-42'),
  CLIENT_DUE_DILIGENCE: serviceProvider("the Client's internal due diligence", 'Notification, S-42'),
  // Uses a service provider may make of what it already holds. Neither is a ground to collect.
  SECURITY_AND_FRAUD: serviceProvider('security incidents, fraud, illegal activity', 'Reg. 7050(a)(4)'),
  LEGAL_OBLIGATION: serviceProvider('legal duty, order, claim', 'Reg. 7050(a)(5), 1798.145(a)'),

  INFORMATION_REQUEST: business('answer a live chat or a contact form', 'Notification, S-34'),
  FORM_REQUEST: business('answer a request form', 'Notification, S-35'),
  COMPLIANCE_MAIL: business('compliance e-mails, with consent', 'Notification, S-36'),
  CANDIDATE_EVALUATION: business('evaluate a candidate and contact back', 'Notification, S-37'),
  CLIENT_RELATIONSHIP: business('agreement, Client due diligence, service delivery', 'Notification, S-38'),
  CUSTOMER_ACCOUNT: business('create and operate an account, serve, invoice', 'Notification, S-39'),
  DEMONSTRATION: business('demonstrate facial and identity verification', 'Notification, S-40'),
  WEBSITE_PREFERENCES: business('remember preferences and sign-in', 'Notification, S-41'),
  WEBSITE_CONTENT: business('personalise content', 'Notification, S-41'),
  WEBSITE_ADVERTISING: business('personalise advertising', 'Notification, S-41'),
  WEBSITE_FRAUD_PREVENTION: business('combat fraud on the website', 'Notification, S-41'),
  WEBSITE_ANALYTICS: business('analyse the use of the website', 'Notification, S-41'),
} satisfies Record<string, PurposeTags>;

/** The name of a purpose. Never renamed and never reused. There is none for sale or sharing. */
export type PurposeCode = keyof typeof TABLE;

/** Every purpose personal information can be collected or used for (S-34 to S-42, Reg. 7050(a)). */
export const PURPOSES: Readonly<Record<PurposeCode, PurposeTags>> = TABLE;

/** Every purpose code, in the order of the table. */
export const PURPOSE_CODES = Object.keys(TABLE) as readonly PurposeCode[];

/** Says whether `text` names a purpose. */
export const isPurpose = (text: string): text is PurposeCode => Object.hasOwn(TABLE, text);
