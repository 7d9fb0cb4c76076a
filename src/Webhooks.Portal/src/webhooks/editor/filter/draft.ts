import {
  type Comparison,
  type Condition,
  conditionsOf,
  isPlainName,
  type Pattern,
  patternOf,
  type Value,
} from './pattern.ts';
import { formatValue, formatValues, parseValue, parseValues } from './values.ts';

/** What a row says of its field: an operator, or whether the field is there. */
export type RowOperator = Exclude<Comparison, '$exist'> | 'exists' | 'missing';

/** A condition as it is typed; the key tells rows apart. */
export interface Row {
  key: number;
  field: string;
  operator: RowOperator;
  value: string;
}

/** A filter as it is being written: in rows that are joined by and, or as the JSON of its pattern. */
export type FilterDraft = { readonly rows: readonly Row[] } | { readonly json: string };

let keys = 0;

export function newRow(field = '', operator: RowOperator = '$eq', value = ''): Row {
  keys++;
  return { key: keys, field, operator, value };
}

/** A stored filter as rows, or as JSON when rows cannot say it. */
export function filterDraftOf(filter: Pattern | null): FilterDraft {
  const conditions = filter === null ? [] : conditionsOf(filter);
  return conditions === null ? { json: JSON.stringify(filter, null, 2) } : { rows: conditions.map(toRow) };
}

/** The filter that a draft stands for, null for none; throws an error with what is wrong with it. */
export function filterOf(draft: FilterDraft): Pattern | null {
  if ('json' in draft) {
    return draft.json.trim() === '' ? null : parsePattern(draft.json);
  }

  const given = draft.rows.filter(({ field, value }) => field.trim() !== '' || value !== '');
  return given.length === 0 ? null : patternOf(given.map(toCondition));
}

/** What is wrong with a draft before anybody is asked; undefined when nothing is. */
export function filterProblem(draft: FilterDraft): string | undefined {
  try {
    filterOf(draft);
    return undefined;
  } catch (reason) {
    return reason instanceof Error ? reason.message : String(reason);
  }
}

/** The same filter as JSON; rows that are not whole yet are left out. */
export function asJson(draft: FilterDraft): FilterDraft {
  if ('json' in draft) {
    return draft;
  }

  const whole = draft.rows.filter((row) => filterProblem({ rows: [row] }) === undefined);
  const filter = filterOf({ rows: whole });
  return { json: filter === null ? '' : JSON.stringify(filter, null, 2) };
}

/** The same filter in rows; null when they cannot say it. */
export function asRows(draft: FilterDraft): FilterDraft | null {
  if ('rows' in draft) {
    return draft;
  }

  if (filterProblem(draft) !== undefined) {
    return null;
  }

  const rows = filterDraftOf(filterOf(draft));
  return 'rows' in rows ? rows : null;
}

/** Whether a row's value is a list, a text as it is, or anything. */
export function takesOf(operator: RowOperator): 'nothing' | 'list' | 'text' | 'value' {
  switch (operator) {
    case 'exists':
    case 'missing':
      return 'nothing';
    case '$in':
    case '$nin':
      return 'list';
    case '$startsWith':
    case '$endsWith':
      return 'text';
    default:
      return 'value';
  }
}

function toRow({ path, operator, operand }: Condition): Row {
  const field = path.join('.');
  if (operator === '$exist') {
    return newRow(field, operand === true ? 'exists' : 'missing');
  }

  const takes = takesOf(operator);
  return newRow(
    field,
    operator,
    takes === 'list'
      ? formatValues(operand as readonly Value[])
      : takes === 'text'
        ? String(operand)
        : formatValue(operand as Value),
  );
}

function toCondition({ field, operator, value }: Row): Condition {
  const path = field.trim().split('.');
  if (!path.every(isPlainName)) {
    throw new Error(
      field.trim() === ''
        ? 'A condition has no field yet. Write one such as data.amount.'
        : `${field} is not the name of a field. Write it such as data.amount.`,
    );
  }

  if (operator === 'exists' || operator === 'missing') {
    return { path, operator: '$exist', operand: operator === 'exists' };
  }

  const takes = takesOf(operator);
  const operand = takes === 'list' ? parseValues(value) : takes === 'text' ? value : parseValue(value);
  return { path, operator, operand };
}

function parsePattern(json: string): Pattern {
  try {
    return JSON.parse(json) as Pattern;
  } catch (reason) {
    throw new Error(`It is not JSON: ${reason instanceof Error ? reason.message : reason}.`, { cause: reason });
  }
}
