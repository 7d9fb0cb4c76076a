import type { Schemas } from '../../../api/client.ts';

/** Every event type that may be chosen, as the API lists them. */
export type Catalog = Schemas['AvailableEvents'];

/** The entry that stands for every event type but the operational ones. */
export const everything = '*';

const anyBelow = '.*';

/** Whether an entry stands for more than the event type of its name. */
export const isWildcard = (entry: string): boolean => entry === everything || entry.endsWith(anyBelow);

/** Whether an entry stands for an event type that is not operational. */
export const standsFor = (entry: string, type: string): boolean =>
  entry === everything || entry === type || (entry.endsWith(anyBelow) && type.startsWith(entry.slice(0, -1)));

/** The chosen wildcard that stands for an event type anyway; operational ones only go by their names. */
export const wildcardOver = (chosen: readonly string[], type: string): string | undefined =>
  chosen.find((entry) => entry !== type && isWildcard(entry) && standsFor(entry, type));

/** The choice with entries more, and without those that they stand for anyway. */
export function choose(chosen: readonly string[], entries: readonly string[], catalog: Catalog): readonly string[] {
  const operational = new Set(catalog.operational.map(({ name }) => name));
  return entries.reduce((before, entry) => {
    if (before.includes(entry) || (!operational.has(entry) && wildcardOver(before, entry) !== undefined)) {
      return before;
    }

    const rest = before.filter((other) => operational.has(other) || !isWildcard(entry) || !standsFor(entry, other));
    return [...rest, entry];
  }, chosen);
}

/** The choice without entries. */
export const withdraw = (chosen: readonly string[], entries: readonly string[]): readonly string[] =>
  chosen.filter((entry) => !entries.includes(entry));

/** The wildcards that stand for two or more of some event types, the widest first: `user.*` of `user.created` and `user.deleted`. */
export function kindsOf(types: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const type of types) {
    for (let dot = type.indexOf('.'); dot >= 0; dot = type.indexOf('.', dot + 1)) {
      const kind = type.slice(0, dot) + anyBelow;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }

  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([kind]) => kind)
    .sort((one, other) => one.length - other.length || one.localeCompare(other));
}

/** Why an entry is not among those that are offered; undefined when it is. */
export function oddityOf(
  entry: string,
  catalog: Catalog,
  archived: readonly string[],
): 'archived' | 'unknown' | undefined {
  const offered = [...catalog.data.flatMap(({ events }) => events), ...catalog.operational];
  if (entry === everything || offered.some(({ name }) => name === entry)) {
    return undefined;
  }

  if (isWildcard(entry)) {
    return [...offered.map(({ name }) => name), ...archived].some((name) => standsFor(entry, name))
      ? undefined
      : 'unknown';
  }

  return archived.includes(entry) ? 'archived' : 'unknown';
}

/** Whether a search finds an event type: by a part of what is said of it, or, with `*`, by its whole name. */
export function finds(search: string, type: Schemas['AvailableEvent'], category: string): boolean {
  const wanted = search.trim().toLowerCase();
  if (wanted.includes('*')) {
    const parts = wanted.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(type.name);
  }

  return [type.name, type.description, category].some((text) => text.toLowerCase().includes(wanted));
}
