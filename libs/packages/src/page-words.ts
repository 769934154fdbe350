import {
  CATEGORIES,
  type Category,
  type ElementCode,
  type ExportNotice,
  ELEMENTS,
  PURPOSES,
  SOURCES,
  type Withholding,
} from '@personr/law';

/** Everything that the readable page says, in one language. */
export type PageWords = {
  readonly language: string;
  readonly other: { readonly language: string; readonly path: string; readonly text: string };
  readonly title: string;
  readonly intro: { readonly pieces: string; readonly categories: string };
  readonly notice: Readonly<Record<ExportNotice, string>>;
  readonly toContent: string;
  readonly period: (from: string | null, to: string) => string;
  readonly headings: Readonly<
    Record<
      'categories' | 'withheld' | 'recipients' | 'sold' | 'values' | 'documents' | 'consents' | 'derived',
      string
    >
  >;
  readonly columns: Readonly<
    Record<
      | 'category'
      | 'elements'
      | 'sources'
      | 'purposes'
      | 'recipients'
      | 'element'
      | 'why'
      | 'law'
      | 'count'
      | 'value'
      | 'source'
      | 'purpose'
      | 'collected'
      | 'file'
      | 'type'
      | 'bytes'
      | 'policy'
      | 'given'
      | 'withdrawn',
      string
    >
  >;
  readonly none: string;
  readonly nobody: string;
  readonly neverSold: string;
  readonly withheldIntro: string;
  readonly why: Readonly<Record<Withholding, string>>;
  readonly category: (code: Category) => string;
  readonly element: (code: ElementCode) => string;
  readonly source: (code: string) => string;
  readonly purpose: (code: string) => string;
};

const titleIn = (table: Readonly<Record<string, { readonly title: string }>>, code: string): string =>
  table[code]?.title ?? code;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The page in English. */
export const ENGLISH: PageWords = {
  language: 'en',
  other: { language: 'es', path: 'index.es.html', text: 'En español' },
  title: 'Your personal information',
  intro: {
    pieces:
      'This is the personal information that is held about you, with where it came from and what it is used for.',
    categories: 'These are the categories of personal information that are held about you.',
  },
  notice: {
    IDENTITY_NOT_VERIFIED:
      'Your identity could not be verified to the degree that the law wants for the values themselves. So they are not shown here.',
  },
  toContent: 'Skip to the content',
  period: (from, to) =>
    from === null ? `All that was held on ${to}.` : `Collected from ${from} on and held on ${to}.`,
  headings: {
    categories: 'Categories of personal information collected',
    withheld: 'Held, but not shown',
    recipients: 'Disclosed for a business purpose in the last 12 months',
    sold: 'Sold or shared',
    values: 'What is held',
    documents: 'Documents',
    consents: 'What you agreed to',
    derived: 'Results of automated processing',
  },
  columns: {
    category: 'Category',
    elements: 'What',
    sources: 'Where from',
    purposes: 'What for',
    recipients: 'Disclosed to',
    element: 'What',
    why: 'Why it is not shown',
    law: 'Law',
    count: 'How many',
    value: 'Value',
    source: 'Where from',
    purpose: 'What for',
    collected: 'Collected',
    file: 'File',
    type: 'Type',
    bytes: 'Size',
    policy: 'Policy and version',
    given: 'Given',
    withdrawn: 'Withdrawn',
  },
  none: 'None.',
  nobody: 'Nobody',
  neverSold: 'None. Personal information about you was not sold, and not shared for advertising.',
  withheldIntro: 'The following is held about you, too. It is not shown, for the reason given.',
  why: {
    NEVER_DISCLOSED: 'The law forbids to send it to anybody, so that nobody can misuse it.',
    SECURITY_DATA: 'It was made to protect against fraud and keep the service secure.',
    DECIDED_BY_BUSINESS: 'The business that you deal with decides whether it is given.',
    NOT_MASKED:
      'It may show numbers that the law forbids to send, and they could not be found and covered with certainty.',
    HOLDS_A_FORBIDDEN_VALUE: 'A number that the law forbids to send is written in it.',
    KEPT_FOR_A_GROUND:
      'It was to be deleted. The law lets it be kept for one purpose, and it is used for nothing else until that ends.',
  },
  category: (code) => CATEGORIES[code].title,
  element: (code) => capital(ELEMENTS[code].title),
  source: (code) => capital(titleIn(SOURCES, code)),
  purpose: (code) => capital(titleIn(PURPOSES, code)),
};
