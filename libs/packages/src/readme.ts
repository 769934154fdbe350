import { type Answer } from './package.js';

/** What the files of the package are, for whoever opens it. */
export const readme = ({ order, origin }: Answer): string => `What is in this package

index.html        Read this first, in any browser, without a network. In English.
index.es.html     Léalo primero, en cualquier navegador, sin red. En español.
data.json         The same for programs, in UTF-8, by data.schema.json (JSON Schema, draft 2020-12).
data/*.csv        The same as tables, one for each category. A cell that begins like a formula has a ' before it.
documents/        Documents in their own formats.
manifest.json     Every file but itself and its signature: size, SHA-256, and SHA-256 of the salt and the file.
manifest.sig      The manifest's SHA-256, signed by the key of the log ${origin}
                  as a signed note (C2SP). The log and the receipt of the instruction name the same hash.

Instruction       ${order.instructionId}
For               ${order.answer.audience === 'CONSUMER' ? 'the consumer; what the law forbids to send is named and left out' : 'the Business; complete, never to be passed on to the consumer as it is'}

To check a file:  sha256sum data.json
                  (printf "$SALT" | xxd -r -p; cat data.json) | sha256sum
`;
