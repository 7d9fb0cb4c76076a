import type { Schemas } from '../api/client.ts';

type EventType = Schemas['EventType'];

interface CatalogFilters {
  search?: string;
  category?: string;
  state?: string;
}

/** The event types that have a text in their name or description, are of a category, and offered or archived. */
export function narrow(types: readonly EventType[], { search = '', category, state }: CatalogFilters): EventType[] {
  const wanted = search.toLowerCase();
  return types.filter(
    (type) =>
      (type.name.includes(wanted) || type.description.toLowerCase().includes(wanted)) &&
      (category === undefined || type.category === category) &&
      (state === undefined || type.archived === (state === 'archived')),
  );
}

/** Event types by category, both in the order in which they come. */
export function byCategory(types: readonly EventType[]): ReadonlyMap<string, readonly EventType[]> {
  const groups = new Map<string, EventType[]>();
  for (const type of types) {
    const group = groups.get(type.category);
    if (group === undefined) {
      groups.set(type.category, [type]);
    } else {
      group.push(type);
    }
  }

  return groups;
}

/** What a form of an event type has. */
export interface Draft {
  name: string;
  category: string;
  description: string;
  sample: Record<string, unknown> | null;
  schema: Record<string, unknown> | null;
  validate: boolean;
}

/** What a draft changes of an event type: nothing that is as it was, so that what others change meanwhile stays. */
export function changesOf(type: EventType, draft: Draft): Schemas['UpdateEventType'] {
  const { name: _, ...fields } = draft;
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(type[field as keyof EventType]),
    ),
  );
}
