import { CATEGORIES, ELEMENTS, WITHHOLDING_LAW } from '@personr/law';
import { DATA_SCHEMA_ID } from './data-schema.js';
import { type Answer, type Values } from './package.js';

/** The answer for machines, by `DATA_SCHEMA`: everything, values last, one on a line. */
export async function* dataJson(answer: Answer, values: Values): AsyncIterable<string> {
  const head = JSON.stringify(headOf(answer), null, 1);
  yield `${head.slice(0, -2)},\n "records": [`;
  let before = '\n  ';
  for await (const { element, value, source, purpose, collectedAt } of values()) {
    const { categories } = ELEMENTS[element];
    yield before + JSON.stringify({ element, categories, value, source, purpose, collectedAt });
    before = ',\n  ';
  }
  yield '\n ]\n}\n';
}

function headOf({ order, categories, derived, withheld, documents, consents, disclosures }: Answer): object {
  const { content, audience, collectedFrom, notice } = order.answer;
  return {
    schema: DATA_SCHEMA_ID,
    instructionId: order.instructionId,
    subjectRef: order.subjectRef,
    content,
    audience,
    notices: notice === undefined ? [] : [notice],
    period: { from: collectedFrom, to: order.receivedAt.toISOString() },
    categories: categories.map(({ category, elements, sources, purposes }) => ({
      category,
      title: CATEGORIES[category].title,
      elements,
      sources,
      purposes,
      recipients: disclosures
        .filter((disclosure) => disclosure.categories.includes(category))
        .map(({ recipient }) => recipient),
    })),
    derived,
    sold: [],
    shared: [],
    disclosures,
    withheld: withheld.map(({ element, why, count }) => ({
      element,
      title: ELEMENTS[element].title,
      why,
      law: WITHHOLDING_LAW[why],
      count,
    })),
    consents,
    documents,
  };
}
