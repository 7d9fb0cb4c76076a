import { useQueries } from '@tanstack/react-query';
import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type FocusEvent, Fragment, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { followed, type PageQuery, pageSize, rowsOf, trailFrom } from './endless.ts';
import { Outdated } from './Query.tsx';
import { Failure, Loading } from './States.tsx';
import { useDebounced } from './useDebounced.ts';

/** A row's height until it is measured, in pixels. */
const usualHeight = 44;

/** The rows that are kept ready above and below what is seen. */
const overscan = 10;

/** How often what is seen is asked for again, in milliseconds. */
const often = 3_000;

interface Props<T extends { id: string }> {
  /** What is listed, as in "the deliveries". */
  what: string;
  /** Where the list begins; empty for its newest, which are shown as they come. */
  start: string;
  /** How the page is asked for that begins somewhere. */
  pageAt: (cursor: string) => PageQuery<T>;
  /** The cells of the head. */
  head: ReactNode;
  columns: number;
  /** The cells of a row. */
  children: (item: T) => ReactNode;
  /** What there is instead of a list without rows. */
  empty: ReactNode;
  /** Is told where the page begins whose rows are seen. */
  onPlace: (cursor: string) => void;
  /** Begins the list with its newest. */
  onNewest: () => void;
}

/**
 * A list of any length that scrolls with the window. As many rows are in the page as can be seen, and of what was read, what is near. The
 * newest come by themselves as long as the first row is seen; whoever has scrolled away from it is not moved.
 */
export function EndlessTable<T extends { id: string }>(props: Props<T>) {
  const { what, start, pageAt, head, columns, children, empty, onPlace, onNewest } = props;
  const [trail, setTrail] = useState(() => trailFrom(start));
  const [focused, setFocused] = useState<number | null>(null);
  const [margin, setMargin] = useState(0);
  const body = useRef<HTMLTableSectionElement>(null);
  const count = rowsOf(trail);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => usualHeight,
    overscan,
    scrollMargin: margin,
    // The row that has the focus stays with its neighbours, wherever one scrolls: from there, the keyboard goes on.
    rangeExtractor: (range) => {
      const held = focused === null ? [] : [focused - 1, focused, focused + 1].filter((row) => row >= 0 && row < count);
      return [...new Set([...defaultRangeExtractor(range), ...held])].sort((one, other) => one - other);
    },
  });
  const rows = virtualizer.getVirtualItems();
  const first = virtualizer.range?.startIndex ?? 0;
  const isLive = start === '' && first === 0;

  const near = new Set(rows.map(({ index }) => Math.floor(index / pageSize)));
  const numbers = [...near.add(0)].filter((number) => number < trail.cursors.length).sort((one, other) => one - other);
  const [isFirstRead, setFirstRead] = useState(false);
  const results = useQueries({
    queries: numbers.map((number) => ({
      ...pageAt(trail.cursors[number] ?? ''),
      // The first page of the newest stays as it is while one looks at others, which begin where it ends.
      enabled: number > 0 || start !== '' || isLive || !isFirstRead,
      refetchInterval: often,
      gcTime: 5_000,
    })),
  });
  const pages = new Map(numbers.map((number, index) => [number, results[index]] as const));
  useEffect(() => {
    for (const [number, page] of pages) {
      const { data } = page ?? {};
      if (data !== undefined) {
        setTrail((known) => followed(known, number, data));
        setFirstRead(true);
      }
    }
  });

  useLayoutEffect(() => {
    const top = body.current === null ? 0 : body.current.getBoundingClientRect().top + window.scrollY;
    if (Math.abs(top - margin) >= 1) {
      setMargin(top);
    }
  });

  const place = useDebounced(trail.cursors[Math.floor(first / pageSize)] ?? start, 300);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a place is told once, whoever is told.
  useEffect(() => onPlace(place), [place]);

  const begin = pages.get(0);
  if (begin?.data === undefined) {
    return begin?.isError ? (
      <Failure error={begin.error} onRetry={() => void begin.refetch()} />
    ) : (
      <Loading what={what} />
    );
  }

  if (count === 0) {
    return empty;
  }

  const failed = results.find(({ isError }) => isError);
  const itemAt = (index: number) => pages.get(Math.floor(index / pageSize))?.data?.data[index % pageSize];
  const focus = ({ target }: FocusEvent) => setFocused(indexOf(target.closest('tr')));
  // On the way to another row, both have to stay.
  const leave = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (!currentTarget.contains(relatedTarget)) {
      setFocused(null);
    }
  };
  const spaces = gapsOf(rows, margin, virtualizer.getTotalSize());
  return (
    <>
      {failed?.error != null && <Outdated error={failed.error} onRetry={() => void failed.refetch()} />}
      {!isLive && (
        <div className="endless-top">
          <button type="button" className="button button-small" onClick={onNewest}>
            Go to the newest
          </button>
        </div>
      )}
      <div className="table-scroll">
        <table aria-rowcount={trail.last === null ? -1 : count + 1}>
          <thead>
            <tr>{head}</tr>
          </thead>
          <tbody ref={body} onFocus={focus} onBlur={leave}>
            {rows.map(({ index }, at) => {
              const item = itemAt(index);
              return (
                <Fragment key={`${Math.floor(index / pageSize)} ${item?.id ?? index}`}>
                  <Space height={spaces[at] ?? 0} columns={columns} />
                  <tr data-index={index} ref={virtualizer.measureElement} aria-rowindex={index + 2}>
                    {item === undefined ? (
                      <td colSpan={columns}>
                        <span className="placeholder" />
                      </td>
                    ) : (
                      children(item)
                    )}
                  </tr>
                </Fragment>
              );
            })}
            <Space height={spaces.at(-1) ?? 0} columns={columns} />
          </tbody>
        </table>
      </div>
    </>
  );
}

/** The room of the rows that are not in the page. */
function Space({ height, columns }: { height: number; columns: number }) {
  return height < 1 ? null : (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus.
    <tr aria-hidden="true">
      <td className="endless-space" colSpan={columns} style={{ height }} />
    </tr>
  );
}

/** The room before each row that is in the page, and that after the last. */
function gapsOf(rows: readonly { start: number; end: number }[], margin: number, total: number): number[] {
  let end = margin;
  const gaps = rows.map((row) => {
    const gap = row.start - end;
    end = row.end;
    return gap;
  });
  return [...gaps, margin + total - end];
}

function indexOf(row: HTMLElement | null): number | null {
  const index = Number(row?.dataset.index);
  return Number.isInteger(index) ? index : null;
}
