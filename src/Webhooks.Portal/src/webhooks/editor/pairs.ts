/** A name with a value, as a row of a form; the key tells rows apart while their names are typed. */
export interface Pair {
  key: number;
  name: string;
  value: string;
}

let keys = 0;

export function newPair(name = '', value = ''): Pair {
  keys++;
  return { key: keys, name, value };
}

export const pairsOf = (record: Readonly<Record<string, string>> | null): readonly Pair[] =>
  Object.entries(record ?? {}).map(([name, value]) => newPair(name, value));

/** What rows say, without those that are left empty; null when that is nothing. */
export function recordOf(pairs: readonly Pair[]): Record<string, string> | null {
  const given = pairs.filter((pair) => !isEmpty(pair));
  return given.length === 0 ? null : Object.fromEntries(given.map(({ name, value }) => [name.trim(), value]));
}

/** What is wrong with rows before anybody is asked, by the name of a row in a field, as the API names it. */
export function problemsOf(field: string, pairs: readonly Pair[]): Record<string, string[]> {
  const problems: Record<string, string[]> = {};
  const seen = new Set<string>();
  for (const pair of pairs.filter((pair) => !isEmpty(pair))) {
    const name = pair.name.trim();
    if (name === '') {
      problems[`${field}.`] = ['It has no name yet.'];
    } else if (seen.has(name)) {
      problems[`${field}.${name}`] = ['It is given twice.'];
    }
    seen.add(name);
  }

  return problems;
}

const isEmpty = ({ name, value }: Pair): boolean => name.trim() === '' && value === '';
