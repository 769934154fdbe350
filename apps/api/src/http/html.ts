const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML that is written as it is. Only `html` makes it. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand between pieces of HTML. */
export type Filling = string | number | Html | readonly Html[];

/** Writes HTML: html`<p>${text}</p>`. Whatever is filled in is text, escaped for content and quoted attributes, unless it is `Html`. */
export function html(pieces: TemplateStringsArray, ...fillings: readonly Filling[]): Html {
  return new Html(pieces.reduce((text, piece, at) => `${text}${written(fillings[at - 1] ?? '')}${piece}`));
}

function written(filling: Filling): string {
  if (filling instanceof Html) return filling.text;
  if (typeof filling === 'object') return filling.map(({ text }) => text).join('');
  return String(filling).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
