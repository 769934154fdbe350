import { createHash } from 'node:crypto';
import { Html, html, type Filling } from './html.js';

/** One look for whatever is read and printed: no script, no picture, no font from anywhere. */
const STYLE = `:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #1b1b1f; font: 1rem/1.5 system-ui, 'Segoe UI', sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header { border-bottom: 3px solid #1b1b1f; margin-bottom: 1.5rem; padding-bottom: 0.75rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 0.25rem; }
h2 { font-size: 1.125rem; margin: 2rem 0 0.5rem; }
p { margin: 0 0 0.75rem; }
.lead { font-size: 1.125rem; margin: 0; }
.note { color: #4a4a55; font-size: 0.9375rem; }
dl { display: grid; grid-template-columns: 14rem 1fr; gap: 0.25rem 1rem; margin: 0; }
dt { color: #4a4a55; }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { border-bottom: 1px solid #c9c9d2; padding: 0.375rem 0.75rem 0.375rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: break-word; }
.count { text-align: right; font-variant-numeric: tabular-nums; }
pre { background: #f3f3f6; border: 1px solid #c9c9d2; font: 0.8125rem/1.45 ui-monospace, monospace; margin: 0 0 0.75rem; padding: 0.75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: #0b4aa2; }
a:focus-visible { outline: 3px solid #0b4aa2; outline-offset: 2px; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 0.5rem; } }
@page { margin: 18mm; }
@media print {
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  h2 { break-after: avoid; }
  tr, dt, dd { break-inside: avoid; }
  pre { background: none; font-size: 8pt; }
  .screen { display: none; }
}
`;

// In one piece, so that no formatting comes between: the hash is of every byte.
const STYLED = new Html(`<style>${STYLE}</style>`);
const HASH = createHash('sha256').update(STYLE).digest('base64');

/** What a sheet may load: nothing; and it runs nothing. For the header, and in the sheet itself, for who keeps the file. */
export const SHEET_POLICY = `default-src 'none'; style-src 'sha256-${HASH}'; base-uri 'none'; form-action 'none'`;

/** A sheet for people to read, print and keep: one file that asks nobody for anything. */
export const sheet = (title: string, content: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${SHEET_POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${STYLED}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html> `.text;

/** Facts by their names. */
export const facts = (...pairs: readonly (readonly [name: string, fact: Filling])[]): Html =>
  html`<dl>
    ${pairs.map(
      ([name, fact]) =>
        html`<dt>${name}</dt>
          <dd>${fact}</dd> `,
    )}
  </dl>`;

/** A table. `caption` is read out, not shown; columns whose name is behind `#` hold counts. */
export const table = (
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Html =>
  html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map((name) => html`<th scope="col" ${classOf(name)}>${name.replace(/^#/, '')}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell, at) => html`<td${classOf(columns[at] ?? '')}>${cell}</td>`)}
          </tr> `,
      )}
    </tbody>
  </table>`;

const classOf = (column: string): Html => new Html(column.startsWith('#') ? ' class="count"' : '');
