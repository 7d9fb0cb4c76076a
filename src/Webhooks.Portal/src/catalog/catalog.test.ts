import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client.ts';
import { byCategory, changesOf, narrow } from './catalog.ts';
import { parseObject } from './json.ts';

const type = (changes: Partial<Schemas['EventType']>) =>
  ({
    name: 'user.created',
    category: 'User',
    description: 'A user was added.',
    sample: { user_id: '42' },
    schema: null,
    validate: false,
    archived: false,
    built_in: true,
    created_at: '2026-01-31T18:30:00Z',
    updated_at: '2026-01-31T18:30:00Z',
    ...changes,
  }) satisfies Schemas['EventType'];
const types = [
  type({}),
  type({ name: 'invoice.paid', category: 'Billing', description: 'Money came.' }),
  type({ name: 'user.deleted', description: 'A user was removed.', archived: true }),
];
const names = (found: readonly Schemas['EventType'][]) => found.map(({ name }) => name);

describe('The catalog', () => {
  it('is narrowed by text, category and whether a type is offered', () => {
    expect(names(narrow(types, {}))).toHaveLength(3);
    expect(names(narrow(types, { search: 'MONEY' }))).toEqual(['invoice.paid']);
    expect(names(narrow(types, { search: 'user.', state: 'offered' }))).toEqual(['user.created']);
    expect(names(narrow(types, { category: 'User', state: 'archived' }))).toEqual(['user.deleted']);
  });

  it('is by category', () => {
    expect([...byCategory(types)].map(([category, group]) => [category, names(group)])).toEqual([
      ['User', ['user.created', 'user.deleted']],
      ['Billing', ['invoice.paid']],
    ]);
  });

  it('is told only what a form changes', () => {
    const { name, category, description, sample, schema, validate } = type({});
    const draft = { name, category, description, sample, schema, validate };
    expect(changesOf(type({}), draft)).toEqual({});
    expect(changesOf(type({}), { ...draft, description: 'New', schema: { type: 'object' } })).toEqual({
      description: 'New',
      schema: { type: 'object' },
    });
  });
});

describe('A text', () => {
  it('is a JSON object, nothing, or what is wrong with it', () => {
    expect(parseObject(' ')).toEqual({ value: null });
    expect(parseObject('{"a":1}')).toEqual({ value: { a: 1 } });
    expect(parseObject('[1]')).toEqual({ problem: 'It must be a JSON object: { … }.' });
    expect(parseObject('{"a":')).toMatchObject({ problem: expect.stringMatching(/^It is not JSON: /) });
  });
});
