import { describe, expect, it } from 'vitest';
import { misfitsOf } from './schema.ts';

const schema = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'string' },
    lines: { type: 'array', items: { $ref: '#/$defs/line' } },
    kind: { anyOf: [{ const: 'a' }, { const: 'b' }] },
  },
  $defs: { line: { type: 'object', properties: { 'net/amount': { type: 'integer' } } } },
};

describe('What does not fit a schema', () => {
  it('is nothing when all fits', async () => {
    expect(await misfitsOf(schema, { id: 'x', lines: [{ 'net/amount': 1 }], kind: 'a' })).toEqual([]);
  });

  it('is named by where it is, and once', async () => {
    const misfits = await misfitsOf(schema, { id: 'x', lines: [{}, { 'net/amount': 1.5 }] });
    expect(misfits.map(({ path }) => path)).toEqual(['data.lines[1].net/amount']);
    expect(misfits[0]?.message).toContain('integer');
  });

  it('is of all fields', async () => {
    const misfits = await misfitsOf(schema, { kind: 'c', lines: 7 });
    expect(misfits.map(({ path }) => path)).toEqual(expect.arrayContaining(['data', 'data.lines', 'data.kind']));
  });
});
