/** A category of personal information, by the letter of its paragraph in Cal. Civ. Code 1798.140(v)(1). */
export type Category = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L';

/**
 * All twelve categories the law knows, with their titles and paragraphs. Which of them may be collected is not
 * said here but in the notice in force (`noticeInForce`).
 */
export const CATEGORIES: Readonly<Record<Category, { readonly title: string; readonly citation: string }>> = {
  A: { title: 'Identifiers', citation: 'Civ. Code 1798.140(v)(1)(A)' },
  B: { title: 'Customer records', citation: 'Civ. Code 1798.140(v)(1)(B), 1798.80(e)' },
  C: {
    title: 'Characteristics of protected classifications',
    citation: 'Civ. Code 1798.140(v)(1)(C)',
  },
  D: { title: 'Commercial information', citation: 'Civ. Code 1798.140(v)(1)(D)' },
  E: { title: 'Biometric information', citation: 'Civ. Code 1798.140(v)(1)(E)' },
  F: {
    title: 'Internet or other electronic network activity',
    citation: 'Civ. Code 1798.140(v)(1)(F)',
  },
  G: { title: 'Geolocation data', citation: 'Civ. Code 1798.140(v)(1)(G)' },
  H: {
    title: 'Audio, electronic, visual, thermal, olfactory or similar information',
    citation: 'Civ. Code 1798.140(v)(1)(H)',
  },
  I: { title: 'Professional or employment-related information', citation: 'Civ. Code 1798.140(v)(1)(I)' },
  J: { title: 'Education information', citation: 'Civ. Code 1798.140(v)(1)(J)' },
  K: { title: 'Inferences drawn to create a profile', citation: 'Civ. Code 1798.140(v)(1)(K)' },
  L: { title: 'Sensitive personal information', citation: 'Civ. Code 1798.140(v)(1)(L), 1798.140(ae)' },
};
