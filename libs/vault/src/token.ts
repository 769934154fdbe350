import type * as Pkcs11 from 'pkcs11js';

/** What an object is known by; null stands for any. */
export type ObjectName = { readonly application: string | null; readonly label: string | null };

const MOST_FOUND = 1000;

/** Data objects (PKCS#11, section 4.5) on a token in a session with its user logged in. Every call throws what the library throws. */
export class Token {
  constructor(
    private readonly library: { readonly api: Pkcs11.PKCS11; readonly constants: typeof Pkcs11 },
    private readonly session: Pkcs11.Handle,
  ) {}

  /** The objects of this name. */
  find(name: ObjectName): Pkcs11.Handle[] {
    const { api } = this.library;
    api.C_FindObjectsInit(this.session, this.template(name));
    try {
      const found: Pkcs11.Handle[] = [];
      for (;;) {
        const page = api.C_FindObjects(this.session, MOST_FOUND);
        found.push(...page);
        if (page.length < MOST_FOUND) return found;
      }
    } finally {
      api.C_FindObjectsFinal(this.session);
    }
  }

  /** Makes an object that stays and that only the user sees. */
  create(name: ObjectName, value: Buffer): void {
    const { api, constants: ck } = this.library;
    api.C_CreateObject(this.session, [
      ...this.template(name),
      { type: ck.CKA_TOKEN, value: true },
      { type: ck.CKA_PRIVATE, value: true },
      { type: ck.CKA_VALUE, value },
    ]);
  }

  /** Destroys an object by the token's own means. */
  destroy(object: Pkcs11.Handle): void {
    this.library.api.C_DestroyObject(this.session, object);
  }

  /** The bytes of an object; whoever asked overwrites them. */
  value(object: Pkcs11.Handle): Buffer {
    return this.attributes(object, [this.library.constants.CKA_VALUE])[0] ?? Buffer.alloc(0);
  }

  /** What an object is known by. */
  nameOf(object: Pkcs11.Handle): { readonly application: string; readonly label: string } {
    const { constants: ck } = this.library;
    const [application, label] = this.attributes(object, [ck.CKA_APPLICATION, ck.CKA_LABEL]);
    return { application: application?.toString() ?? '', label: label?.toString() ?? '' };
  }

  private attributes(object: Pkcs11.Handle, types: readonly number[]): Buffer[] {
    const asked = types.map((type) => ({ type }));
    return this.library.api.C_GetAttributeValue(this.session, object, asked).map(({ value }) => value);
  }

  private template({ application, label }: ObjectName): Pkcs11.Template {
    const { constants: ck } = this.library;
    return [
      { type: ck.CKA_CLASS, value: ck.CKO_DATA },
      ...(application === null ? [] : [{ type: ck.CKA_APPLICATION, value: application }]),
      ...(label === null ? [] : [{ type: ck.CKA_LABEL, value: label }]),
    ];
  }
}
