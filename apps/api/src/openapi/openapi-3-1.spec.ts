import { asOpenApi31 } from './openapi-3-1.js';

describe('the contract in OpenAPI 3.1', () => {
  it('says that a value may be null by its type', () => {
    expect(asOpenApi31({ type: 'string', format: 'uuid', nullable: true })).toEqual({
      type: ['string', 'null'],
      format: 'uuid',
    });
  });

  it('says that a referenced value may be null by a choice', () => {
    const referenced = { type: 'object', nullable: true, allOf: [{ $ref: '#/a' }], description: 'A.' };
    expect(asOpenApi31(referenced)).toEqual({
      anyOf: [{ $ref: '#/a' }, { type: 'null' }],
      description: 'A.',
    });
  });

  it('shows an example as a list of examples, all the way down', () => {
    const document = {
      schemas: { A: { type: 'object', properties: { b: { type: 'string', example: 'x' } } } },
    };
    expect(asOpenApi31(document)).toEqual({
      schemas: { A: { type: 'object', properties: { b: { type: 'string', examples: ['x'] } } } },
    });
  });

  it('leaves members alone that only bear such names', () => {
    const properties = {
      type: { type: 'string' },
      nullable: { type: 'boolean' },
      example: { type: 'string' },
    };
    expect(asOpenApi31({ type: 'object', properties })).toEqual({ type: 'object', properties });
  });
});
