/** An operand or operator of a page's content, and where in the bytes it stands. */
export type Token = {
  readonly kind: 'NUMBER' | 'NAME' | 'STRING' | 'OPERATOR' | 'OPEN' | 'CLOSE' | 'DICTIONARY';
  readonly text: string;
  /** The bytes of a string, its escapes undone. */
  readonly bytes: Buffer;
};

/** An operator with what stands before it: ISO 32000-1, section 7.8.2. */
export type Operation = {
  readonly operator: string;
  readonly operands: readonly Token[];
  readonly source: string;
};

const NOTHING = Buffer.alloc(0);
const SPACE = /[\0\t\n\f\r ]/;
const REGULAR = /[^\0\t\n\f\r ()<>[\]{}/%]/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Splits the content of a page into its operations. Throws when a string or dictionary does not end. */
export function operationsOf(content: Buffer): Operation[] {
  const scanner = new Scanner(content.toString('latin1'));
  const operations: Operation[] = [];
  let operands: Token[] = [];
  let from = 0;
  for (let token = scanner.next(); token !== undefined; token = scanner.next()) {
    if (token.kind !== 'OPERATOR') {
      operands.push(token);
      continue;
    }
    operations.push({ operator: token.text, operands, source: scanner.text.slice(from, scanner.at) });
    operands = [];
    from = scanner.at;
  }
  return operations;
}

class Scanner {
  at = 0;

  constructor(readonly text: string) {}

  next(): Token | undefined {
    this.#skip();
    const first = this.text.charAt(this.at);
    if (first === '') return undefined;
    if (first === '(') return this.#literal();
    if (first === '<')
      return this.text.charAt(this.at + 1) === '<' ? this.#dictionary() : this.#hexadecimal();
    if (first === '[' || first === ']') {
      this.at += 1;
      return { kind: first === '[' ? 'OPEN' : 'CLOSE', text: first, bytes: NOTHING };
    }
    return this.#word(first);
  }

  #skip(): void {
    for (; this.at < this.text.length; this.at += 1) {
      const character = this.text.charAt(this.at);
      if (character === '%') {
        while (this.at < this.text.length && !/[\r\n]/.test(this.text.charAt(this.at))) this.at += 1;
      } else if (!SPACE.test(character)) return;
    }
  }

  #word(first: string): Token {
    const from = this.at;
    this.at += 1;
    while (this.at < this.text.length && REGULAR.test(this.text.charAt(this.at))) this.at += 1;
    const text = this.text.slice(from, this.at);
    const kind = first === '/' ? 'NAME' : /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? 'NUMBER' : 'OPERATOR';
    return { kind, text, bytes: NOTHING };
  }

  #hexadecimal(): Token {
    const end = this.text.indexOf('>', this.at);
    if (end < 0) throw new Error('a string does not end');
    const digits = this.text.slice(this.at + 1, end).replace(/[^0-9a-f]/gi, '');
    this.at = end + 1;
    return { kind: 'STRING', text: '', bytes: Buffer.from(digits.length % 2 ? `${digits}0` : digits, 'hex') };
  }

  #literal(): Token {
    let [depth, out] = [1, ''];
    for (this.at += 1; depth > 0; this.at += 1) {
      const character = this.text.charAt(this.at);
      if (character === '') throw new Error('a string does not end');
      if (character === '\\') out += this.#escaped();
      else {
        depth += character === '(' ? 1 : character === ')' ? -1 : 0;
        if (depth > 0) out += character;
      }
    }
    return { kind: 'STRING', text: '', bytes: Buffer.from(out, 'latin1') };
  }

  #escaped(): string {
    const octal = /^[0-7]{1,3}/.exec(this.text.slice(this.at + 1, this.at + 4))?.[0];
    if (octal !== undefined) {
      this.at += octal.length;
      return String.fromCharCode(parseInt(octal, 8) % 256);
    }
    this.at += 1;
    const character = this.text.charAt(this.at);
    return /[\r\n]/.test(character) ? '' : (ESCAPES[character] ?? character);
  }

  #dictionary(): Token {
    let depth = 0;
    const from = this.at;
    do {
      const mark = /<<|>>/g;
      mark.lastIndex = this.at;
      const found = mark.exec(this.text);
      if (found === null) throw new Error('a dictionary does not end');
      depth += found[0] === '<<' ? 1 : -1;
      this.at = mark.lastIndex;
    } while (depth > 0);
    return { kind: 'DICTIONARY', text: this.text.slice(from, this.at), bytes: NOTHING };
  }
}
