/** A JSON value that is no list and no object. */
export type Value = null | boolean | number | string;

/** A filter as the API has it. */
export type Pattern = Readonly<Record<string, unknown>>;

/** The operators that compare a field with something. */
export type Comparison =
  | '$eq'
  | '$neq'
  | '$gt'
  | '$gte'
  | '$lt'
  | '$lte'
  | '$in'
  | '$nin'
  | '$startsWith'
  | '$endsWith'
  | '$contains'
  | '$exist';

/** What one field has to fulfil. */
export interface Condition {
  /** The names that lead to it: `data`, `amount`. */
  path: readonly string[];
  operator: Comparison;
  operand: Value | readonly Value[];
}

/** An operator's operand, or a field's pattern, by name. A map, in which no name has a meaning of its own. */
type Tree = Map<string, unknown>;

/** Conditions that all have to hold, as a pattern. Two of one field with the same operator stand in `$and`. */
export function patternOf(conditions: readonly Condition[]): Pattern {
  const trees: Tree[] = [];
  for (const condition of conditions) {
    if (!trees.some((tree) => insert(tree, condition))) {
      const tree: Tree = new Map();
      insert(tree, condition);
      trees.push(tree);
    }
  }

  const [first = {}, ...others] = trees.map(toPattern);
  return others.length === 0 ? first : { ...first, $and: others };
}

/** The conditions that a pattern joins by and; null when there is more to it, such as `$or`. */
export function conditionsOf(pattern: unknown): readonly Condition[] | null {
  return isObject(pattern) && Object.keys(pattern).length === 0 ? [] : collect(pattern, []);
}

/** Whether a name of a field can be written with others, joined by dots. */
export const isPlainName = (name: string): boolean =>
  name !== '' && name === name.trim() && !name.includes('.') && !name.startsWith('$');

/** Whether an operator may have an operand. */
function takes(operator: string, operand: unknown): operator is Comparison {
  switch (operator) {
    case '$eq':
    case '$neq':
    case '$contains':
      return isValue(operand);
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return typeof operand === 'number' || typeof operand === 'string';
    case '$in':
    case '$nin':
      return Array.isArray(operand) && operand.length > 0 && operand.every(isValue);
    case '$startsWith':
    case '$endsWith':
      return typeof operand === 'string';
    case '$exist':
      return typeof operand === 'boolean';
    default:
      return false;
  }
}

function collect(pattern: unknown, path: readonly string[]): readonly Condition[] | null {
  if (isValue(pattern)) {
    return path.length === 0 ? null : [{ path, operator: '$eq', operand: pattern }];
  }

  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    return null;
  }

  const conditions: Condition[] = [];
  for (const [name, part] of Object.entries(pattern)) {
    const found = member(name, part, path);
    if (found === null) {
      return null;
    }
    conditions.push(...found);
  }

  return conditions;
}

function member(name: string, part: unknown, path: readonly string[]): readonly Condition[] | null {
  if (name === '$and') {
    const parts = Array.isArray(part) && part.length > 0 ? part.map((item) => collect(item, path)) : [null];
    return parts.includes(null) ? null : parts.flatMap((conditions) => conditions ?? []);
  }

  if (name.startsWith('$')) {
    return path.length > 0 && takes(name, part)
      ? [{ path, operator: name, operand: part as Condition['operand'] }]
      : null;
  }

  return isPlainName(name) ? collect(part, [...path, name]) : null;
}

/** Puts a condition into a tree; false when the field has one with that operator there. */
function insert(tree: Tree, { path, operator, operand }: Condition): boolean {
  let place = tree;
  for (const name of path) {
    const next = place.get(name) ?? new Map();
    place.set(name, next);
    place = next as Tree;
  }

  if (place.has(operator)) {
    return false;
  }

  place.set(operator, operand);
  return true;
}

/** With `fromEntries`, which also makes a member of the name `__proto__`. */
const toPattern = (tree: Tree): Pattern =>
  Object.fromEntries(
    [...tree].map(([name, part]) => [
      name,
      part instanceof Map ? (part.size === 1 && part.has('$eq') ? part.get('$eq') : toPattern(part)) : part,
    ]),
  );

const isValue = (value: unknown): value is Value =>
  value === null || ['boolean', 'number', 'string'].includes(typeof value);

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
