import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Pager } from './Pager.tsx';
import { Query } from './Query.tsx';
import { Empty } from './States.tsx';
import type { Filters } from './useFilters.ts';

interface Props<T> {
  query: UseQueryResult<{ data: T[]; next_cursor: string | null }>;
  filters: Pick<Filters<string>, 'isAnySet' | 'clear'>;
  /** What is asked for, as in "the webhooks". */
  what: string;
  /** What one of it is called, as in "webhook". */
  one: string;
  /** What there is instead when there is nothing at all, whatever the filters. */
  empty: ReactNode;
  children: (items: readonly T[]) => ReactNode;
}

/** A page of a list with filters, and the way to others; or that there is nothing, and what to do about it. */
export function FilteredList<T>({ query, filters, what, one, empty, children }: Props<T>) {
  return (
    <Query query={query} what={what}>
      {({ data, next_cursor }) => {
        if (data.length > 0) {
          return (
            <>
              {children(data)}
              <Pager next={next_cursor} />
            </>
          );
        }

        return filters.isAnySet ? <NoneLikeThat one={one} onClear={filters.clear} /> : empty;
      }}
    </Query>
  );
}

/** What there is when the filters leave nothing of a list. */
export function NoneLikeThat({ one, onClear }: { one: string; onClear: () => void }) {
  return (
    <Empty title={`No ${one} is like that`}>
      <button type="button" className="button" onClick={onClear}>
        Clear filters
      </button>
    </Empty>
  );
}
