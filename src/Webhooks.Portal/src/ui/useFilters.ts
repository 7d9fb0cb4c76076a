import { useSearchParams } from 'wouter';

/** Filters that are kept in the address, so that it can be shared and gone back to. */
export interface Filters<Name extends string> {
  /** The value of each filter that is set. */
  values: Partial<Record<Name, string>>;
  /** Where the page of a list begins; undefined for its first. */
  cursor: string | undefined;
  set: (name: Name, value: string) => void;
  clear: () => void;
  isAnySet: boolean;
}

/** The filters of those names. A change of one begins the list anew. */
export function useFilters<const Name extends string>(names: readonly Name[]): Filters<Name> {
  const [query, setQuery] = useSearchParams();
  const values: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = query.get(name);
    if (value !== null && value !== '') {
      values[name] = value;
    }
  }

  const change = (changes: Partial<Record<Name, string>>) =>
    setQuery(
      (current) => {
        const next = new URLSearchParams(current);
        next.delete('cursor');
        for (const [name, value] of Object.entries<string | undefined>(changes)) {
          if (value === undefined || value === '') {
            next.delete(name);
          } else {
            next.set(name, value);
          }
        }
        return next;
      },
      { replace: true },
    );
  return {
    values,
    cursor: query.get('cursor') ?? undefined,
    set: (name, value) => change({ [name]: value } as Partial<Record<Name, string>>),
    clear: () => change(Object.fromEntries(names.map((name) => [name, ''])) as Record<Name, string>),
    isAnySet: Object.keys(values).length > 0,
  };
}
