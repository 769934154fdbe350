import { type Json } from '@personr/kernel';
import { WITHHOLDING_LAW } from '@personr/law';
import { escapeHtml } from './forbidden.js';
import { type Answer, type Values } from './package.js';
import { type PageWords } from './page-words.js';

/** A file beside the page. */
type Link = { readonly path: string };
type Row = readonly (string | Link)[];

const STYLE = `:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}body{max-width:70rem;margin:0 auto;padding:1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}caption{position:absolute;left:-999rem}.wide{overflow-x:auto}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border:1px solid #767676;overflow-wrap:break-word;min-width:5rem;max-width:30rem}
td{white-space:pre-line}td a{overflow-wrap:anywhere}nav ul{padding-left:1.2rem}
th{background:color-mix(in srgb,currentColor 8%,transparent)}.skip{position:absolute;left:-999rem}.skip:focus{left:1rem}
:focus-visible{outline:3px solid #1a5fb4;outline-offset:2px}@media print{nav{display:none}}`;
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The answer for people, as one page that needs no network. */
export async function* page(answer: Answer, values: Values, words: PageWords): AsyncIterable<string> {
  const { content } = answer.order.answer;
  yield headOf(answer, words);
  yield categoriesOf(answer, words);
  yield section('derived', words, paragraphOr(answer.derived.map(words.element).join(', '), words));
  yield withheldOf(answer, words);
  yield disclosedOf(answer, words);
  if (content === 'SPECIFIC_PIECES') {
    yield* valuesOf(values, words);
    yield documentsOf(answer, words);
    yield consentsOf(answer, words);
  }
  yield '</main>\n</body>\n</html>\n';
}

function headOf({ order }: Answer, words: PageWords): string {
  const { content, collectedFrom, notice } = order.answer;
  const { language, other, title, intro, toContent, period } = words;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#content">${toContent}</a>
<p><a href="${other.path}" hreflang="${other.language}" lang="${other.language}">${other.text}</a></p>
<main id="content">
<h1>${title}</h1>
<p>${content === 'CATEGORIES' ? intro.categories : intro.pieces}</p>
${notice === undefined ? '' : `<p>${words.notice[notice]}</p>\n`}<p>${period(dayOf(collectedFrom), order.receivedAt.toISOString().slice(0, 10))}</p>
<nav aria-label="${title}">
<ul>
${contentsOf(order.answer, words)}</ul>
</nav>
`;
}

const dayOf = (instant: string | null): string | null => instant?.slice(0, 10) ?? null;

function categoriesOf({ categories, disclosures }: Answer, words: PageWords): string {
  const { columns, headings } = words;
  const rows = categories.map(({ category, elements, sources, purposes }) => [
    `${category}: ${words.category(category)}`,
    elements.map(words.element).join('; '),
    sources.map(words.source).join('; '),
    purposes.map(words.purpose).join('; '),
    disclosures
      .filter((disclosure) => disclosure.categories.includes(category))
      .map(({ recipient }) => recipient)
      .join('; ') || words.nobody,
  ]);
  const head = [columns.category, columns.elements, columns.sources, columns.purposes, columns.recipients];
  return section('categories', words, tableOr(head, rows, words, headings.categories));
}

function withheldOf({ withheld }: Answer, words: PageWords): string {
  const { columns, headings } = words;
  const rows = withheld.map(({ element, why, count }) => [
    words.element(element),
    String(count),
    words.why[why],
    citationOf(WITHHOLDING_LAW[why]),
  ]);
  const head = [columns.element, columns.count, columns.why, columns.law];
  const intro = rows.length === 0 ? '' : `<p>${words.withheldIntro}</p>\n`;
  return section('withheld', words, intro + tableOr(head, rows, words, headings.withheld));
}

function disclosedOf({ disclosures }: Answer, words: PageWords): string {
  const { columns, headings } = words;
  const rows = disclosures.map(({ recipient, categories, purpose }) => [
    recipient,
    categories.map(words.category).join('; '),
    words.purpose(purpose),
  ]);
  const head = [columns.recipients, columns.category, columns.purpose];
  return (
    section('recipients', words, tableOr(head, rows, words, headings.recipients)) +
    section('sold', words, `<p>${words.neverSold}</p>\n`)
  );
}

async function* valuesOf(values: Values, words: PageWords): AsyncIterable<string> {
  const { columns, headings } = words;
  const head = [columns.element, columns.value, columns.source, columns.purpose, columns.collected];
  yield `${headed('values', words)}${openTable(head, headings.values)}`;
  for await (const { element, value, source, purpose, collectedAt } of values()) {
    yield rowOf([
      words.element(element),
      shown(value),
      words.source(source),
      words.purpose(purpose),
      collectedAt.slice(0, 10),
    ]);
  }
  yield `${CLOSE_TABLE}</section>\n`;
}

function documentsOf({ documents }: Answer, words: PageWords): string {
  const { columns, headings } = words;
  const rows = documents.map(({ element, path, mediaType, sizeBytes, source, collectedAt }) => [
    words.element(element),
    { path },
    mediaType,
    sizeOf(sizeBytes),
    words.source(source),
    collectedAt.slice(0, 10),
  ]);
  const head = [
    columns.element,
    columns.file,
    columns.type,
    columns.bytes,
    columns.source,
    columns.collected,
  ];
  return section('documents', words, tableOr(head, rows, words, headings.documents));
}

function consentsOf({ consents }: Answer, words: PageWords): string {
  const { columns, headings } = words;
  const rows = consents.map(({ policy, version, givenAt, withdrawnAt }) => [
    `${policy} ${version}`,
    givenAt.slice(0, 10),
    dayOf(withdrawnAt) ?? '',
  ]);
  const head = [columns.policy, columns.given, columns.withdrawn];
  return section('consents', words, tableOr(head, rows, words, headings.consents));
}

/** A value as people read it: text as it is, anything else in lines. */
const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 1));

/** A size as people read it. */
const sizeOf = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

type Part = keyof PageWords['headings'];

/** The parts of the page, in their order; an answer by categories has the first five. */
const PARTS: readonly Part[] = [
  'categories',
  'derived',
  'withheld',
  'recipients',
  'sold',
  'values',
  'documents',
  'consents',
];
const PARTS_OF_CATEGORIES = 5;

const contentsOf = ({ content }: Answer['order']['answer'], { headings }: PageWords): string =>
  PARTS.slice(0, content === 'CATEGORIES' ? PARTS_OF_CATEGORIES : undefined)
    .map((part) => `<li><a href="#${part}">${headings[part]}</a></li>\n`)
    .join('');

const headed = (part: Part, { headings }: PageWords): string =>
  `<section id="${part}">\n<h2>${headings[part]}</h2>\n`;

const section = (part: Part, words: PageWords, body: string): string =>
  `${headed(part, words)}${body}</section>\n`;

/** Where the law says so, as lawyers cite it. */
const citationOf = (law: string): string =>
  law.startsWith('Reg. ') ? `11 CCR § ${law.slice(5)}` : `Cal. Civ. Code § ${law}`;

const paragraphOr = (text: string, { none }: PageWords): string =>
  `<p>${text === '' ? none : escapeHtml(text)}</p>\n`;

const CLOSE_TABLE = '</tbody>\n</table>\n</div>\n';

const openTable = (head: readonly string[], caption: string): string =>
  `<div class="wide" role="region" aria-label="${caption}" tabindex="0">\n<table>\n<caption>${caption}</caption>\n<thead>\n<tr>${head
    .map((cell) => `<th scope="col">${cell}</th>`)
    .join('')}</tr>\n</thead>\n<tbody>\n`;

const rowOf = ([first = '', ...cells]: Row): string =>
  `<tr><th scope="row">${shownCell(first)}</th>${cells
    .map((cell) => `<td>${shownCell(cell)}</td>`)
    .join('')}</tr>\n`;

const shownCell = (cell: string | Link): string =>
  typeof cell === 'string' ? escapeHtml(cell) : linkOf(cell);

/** Paths are made of ids, so they need no quotes. */
const linkOf = ({ path }: Link): string => `<a href="${path}">${path}</a>`;

const tableOr = (
  head: readonly string[],
  rows: readonly Row[],
  { none }: PageWords,
  caption: string,
): string =>
  rows.length === 0 ? `<p>${none}</p>\n` : openTable(head, caption) + rows.map(rowOf).join('') + CLOSE_TABLE;
