import { describe, expect, it } from 'vitest';
import { asJson, asRows, filterDraftOf, filterOf, filterProblem, newRow } from './draft.ts';
import { type Condition, conditionsOf, patternOf, type Value } from './pattern.ts';
import { findInexact, formatValue, formatValues, parseValue, parseValues } from './values.ts';

const oddities: readonly Value[] = [
  '',
  ' ',
  'EUR',
  '100',
  '-1.5e3',
  '01',
  'true',
  'null',
  '"',
  '"quoted"',
  'a"b',
  'a, b',
  ',',
  '\\',
  '\n',
  'ü😀',
  0,
  -1.5,
  1e21,
  true,
  false,
  null,
];

/** Numbers that look random and are the same each time (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

function anyCondition(roll: (sides: number) => number): Condition {
  const pick = <T>(items: readonly T[]) => items[roll(items.length)] as T;
  const names = ['data', 'amount', 'tags', '__proto__', 'constructor', '0', 'größe', 'a b'];
  const path = Array.from({ length: 1 + roll(3) }, () => pick(names));
  const text = pick(oddities.filter((value) => typeof value === 'string'));
  const operator = pick([
    '$eq',
    '$neq',
    '$contains',
    '$gt',
    '$lte',
    '$in',
    '$nin',
    '$startsWith',
    '$endsWith',
    '$exist',
  ] as const);
  switch (operator) {
    case '$in':
    case '$nin':
      return { path, operator, operand: Array.from({ length: 1 + roll(3) }, () => pick(oddities)) };
    case '$exist':
      return { path, operator, operand: roll(2) === 0 };
    case '$gt':
    case '$lte':
      return { path, operator, operand: pick<number | string>([5, text]) };
    case '$startsWith':
    case '$endsWith':
      return { path, operator, operand: text };
    default:
      return { path, operator, operand: pick(oddities) };
  }
}

/** In an order of its own: conditions that are joined by and have none. */
const sorted = (conditions: readonly Condition[] | null) =>
  conditions?.map(({ path, operator, operand }) => JSON.stringify([path, operator, operand])).sort();

describe('A filter', () => {
  it('is the same after its way through a pattern, JSON and rows, whatever its conditions are', () => {
    for (let seed = 0; seed < 500; seed++) {
      const roll = dice(seed);
      const conditions = Array.from({ length: 1 + roll(6) }, () => anyCondition(roll));
      const pattern = patternOf(conditions);
      expect(sorted(conditionsOf(pattern)), JSON.stringify(conditions)).toEqual(sorted(conditions));

      const rows = filterDraftOf(JSON.parse(JSON.stringify(pattern)));
      expect(rows).toHaveProperty('rows');
      expect(sorted(conditionsOf(filterOf(rows))), JSON.stringify(rows)).toEqual(sorted(conditions));
      expect(filterOf(asRows(asJson(rows)) ?? rows)).toEqual(filterOf(rows));
    }
  });

  it('reads as people write it', () => {
    const conditions: Condition[] = [
      { path: ['data', 'amount'], operator: '$gte', operand: 100 },
      { path: ['data', 'amount'], operator: '$lt', operand: 200 },
      { path: ['data', 'currency'], operator: '$eq', operand: 'EUR' },
    ];
    expect(patternOf(conditions)).toEqual({ data: { amount: { $gte: 100, $lt: 200 }, currency: 'EUR' } });
  });

  it('has two conditions of a field with one operator in $and', () => {
    const tags = (operand: string): Condition => ({ path: ['data', 'tags'], operator: '$contains', operand });
    const pattern = patternOf([tags('a'), tags('b')]);
    expect(pattern).toEqual({
      data: { tags: { $contains: 'a' } },
      $and: [{ data: { tags: { $contains: 'b' } } }],
    });
    expect(conditionsOf({ data: { tags: { $and: [{ $contains: 'a' }, { $contains: 'b' }] } } })).toHaveLength(2);
  });

  it.each([
    { $or: [{ data: { a: 1 } }, { data: { b: 1 } }] },
    { data: { a: { $not: 1 } } },
    { data: { 'a.b': 1 } },
    { data: { '': 1 } },
    { data: {} },
    { data: { a: [1] } },
    { data: { a: { $in: [] } } },
    { data: { a: { $regex: '.' } } },
    { data: { a: { $exist: 'yes' } } },
    { data: { a: 1 }, $and: [{}] },
    { $and: [1] },
  ])('that rows cannot say opens as JSON without loss: %j', (pattern) => {
    const draft = filterDraftOf(pattern);
    expect(draft).toHaveProperty('json');
    expect(filterOf(draft)).toEqual(pattern);
    expect(asRows(draft)).toBeNull();
  });

  it('is none when nothing is said', () => {
    expect(filterOf(filterDraftOf(null))).toBeNull();
    expect(filterOf({ json: ' \n' })).toBeNull();
    expect(filterOf({ rows: [newRow()] })).toBeNull();
  });

  it('says what is wrong with it', () => {
    expect(filterProblem({ json: '{' })).toMatch(/^It is not JSON: /);
    expect(filterProblem({ rows: [newRow('', '$eq', '1')] })).toContain('no field');
    expect(filterProblem({ rows: [newRow('data..a', '$eq', '1')] })).toContain('data..a');
    expect(filterProblem({ rows: [newRow('data.a')] })).toBeUndefined();
    expect(asRows({ json: '{' })).toBeNull();
    expect(asJson({ rows: [newRow('data.a', '$eq', '1'), newRow('', '$eq', '2')] })).toEqual({
      json: '{\n  "data": {\n    "a": 1\n  }\n}',
    });
  });

  it('tells of a number that a browser cannot keep', () => {
    expect(findInexact({ data: { id: { $in: [1, 2 ** 60] } } })).toBe(2 ** 60);
    expect(findInexact({ data: { id: 9007199254740991, share: 0.1, name: '12345678901234567890' } })).toBeUndefined();
  });

  it('has values that are read as they look', () => {
    expect(['100', 'EUR', '"100"', ' true ', 'null', '1.', '"open'].map(parseValue)).toEqual([
      100,
      'EUR',
      '100',
      true,
      null,
      '1.',
      '"open',
    ]);
    expect(parseValues('a, 1, "b, c",, "" ,true')).toEqual(['a', 1, 'b, c', '', true]);
    for (const value of oddities) {
      expect(parseValue(formatValue(value))).toBe(value);
    }
    expect(parseValues(formatValues(oddities))).toEqual(oddities);
  });
});
