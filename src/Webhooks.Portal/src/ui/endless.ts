/** A page of a list whose pages are named by where they begin. */
export interface ListPage<T> {
  data: readonly T[];
  next_cursor: string | null;
}

/** How a page is asked for. */
export interface PageQuery<T> {
  queryKey: readonly unknown[];
  queryFn: (context: { signal: AbortSignal }) => Promise<ListPage<T>>;
}

/** How far a list is known that is read page by page. */
export interface Trail {
  /** Where each page begins that is known of. */
  cursors: readonly string[];
  /** How many rows the last of these has; null while it was not read. */
  last: number | null;
}

/** How many rows a page has, unless it is the list's last. */
export const pageSize = 50;

/** A list of which nothing was read but where it begins. */
export const trailFrom = (cursor: string): Trail => ({ cursors: [cursor], last: null });

/** What is known once a page was read. When the list has changed since, what was known of the pages after it is not so any more. */
export function followed(trail: Trail, index: number, { data, next_cursor }: ListPage<unknown>): Trail {
  const { cursors, last } = trail;
  if (next_cursor === null) {
    return index === cursors.length - 1 && last === data.length
      ? trail
      : { cursors: cursors.slice(0, index + 1), last: data.length };
  }

  return cursors[index + 1] === next_cursor
    ? trail
    : { cursors: [...cursors.slice(0, index + 1), next_cursor], last: null };
}

/** How many rows there are as far as is known: of a page that was not read, one, which stands for those that come. */
export const rowsOf = ({ cursors, last }: Trail): number => (cursors.length - 1) * pageSize + (last ?? 1);
