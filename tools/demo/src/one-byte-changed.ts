/** The receipt with one byte changed: the first digit of how many records were erased, or of any other number. */
export function withOneByteChanged(receipt: string): string {
  const at = Math.max(receipt.search(/(?<="erased":)\d/), receipt.search(/\d/));
  const digit = String((Number(receipt[at]) + 1) % 10);
  return receipt.slice(0, at) + digit + receipt.slice(at + 1);
}
