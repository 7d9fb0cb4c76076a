import type { Value } from './pattern.ts';

const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const quoted = /^"(?:[^"\\]|\\.)*"/;

/** A value as people type it: `100`, `true`, `null`, `EUR`; in quotes when it is a text that looks like another, as in `"100"`. */
export function parseValue(typed: string): Value {
  const text = typed.trim();
  if (text === 'null' || text === 'true' || text === 'false' || number.test(text)) {
    return JSON.parse(text) as Value;
  }

  return quoted.exec(text)?.[0] === text ? parseQuoted(text) : text;
}

/** A value as it is typed, so that it is read as it was. */
export const formatValue = (value: Value): string =>
  typeof value === 'string' && parseValue(value) === value ? value : JSON.stringify(value);

/** Values with commas between them, those with a comma in quotes. */
export function parseValues(typed: string): readonly Value[] {
  const values: Value[] = [];
  let rest = typed.trimStart();
  while (rest !== '') {
    const [item = ''] = quoted.exec(rest) ?? /^[^,]*/.exec(rest) ?? [];
    if (item.trim() !== '') {
      values.push(parseValue(item));
    }
    rest = rest.slice(item.length).trimStart().replace(/^,/, '').trimStart();
  }

  return values;
}

/** Values as they are typed. */
export const formatValues = (values: readonly Value[]): string =>
  values
    .map((value) => (typeof value === 'string' && /^$|[",]/.test(value) ? JSON.stringify(value) : formatValue(value)))
    .join(', ');

/** As what a value is read, in words. */
export function kindOf(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return `the number ${value}`;
    default:
      return String(value);
  }
}

/** A number in a pattern that has more digits than numbers of a browser keep exactly; undefined when there is none. */
export function findInexact(part: unknown): number | undefined {
  if (typeof part === 'number') {
    return Number.isInteger(part) && !Number.isSafeInteger(part) ? part : undefined;
  }

  return typeof part === 'object' && part !== null
    ? Object.values(part)
        .map(findInexact)
        .find((number) => number !== undefined)
    : undefined;
}

function parseQuoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
