import { type Contract, operationsOf, type Schema } from './document.js';
import { MEMBER_WORDS, PARAMETER_WORDS } from './member-words.js';

/** Explains members that do not explain themselves, by their name: one name, one meaning. */
export function explainMembers(contract: Contract): void {
  for (const schema of Object.values(contract.components.schemas)) explain(schema);
  for (const { operation } of operationsOf(contract)) {
    for (const parameter of operation.parameters ?? []) {
      const words = wordsFor(parameter.name ?? '');
      if (words !== undefined) parameter.description ??= words;
    }
  }
}

function explain({ properties = {}, items, allOf = [] }: Schema): void {
  for (const [name, member] of Object.entries(properties)) {
    const words = MEMBER_WORDS[name];
    if (words !== undefined) member.description ??= words;
    explain(member);
  }
  for (const part of [...allOf, ...(items === undefined ? [] : [items])]) explain(part);
}

const wordsFor = (parameter: string): string | undefined =>
  PARAMETER_WORDS[parameter] ?? MEMBER_WORDS[parameter];
