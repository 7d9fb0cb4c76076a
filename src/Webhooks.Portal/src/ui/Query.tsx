import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure, Loading } from './States.tsx';

interface Props<T> {
  query: UseQueryResult<T>;
  /** What is asked for, as in "the webhooks". */
  what: string;
  rows?: number;
  children: (data: T) => ReactNode;
}

/** What a query answered, or how it stands: loading, failed, not allowed. What was there stays while it is asked for again. */
export function Query<T>({ query, what, rows, children }: Props<T>) {
  if (query.data === undefined) {
    return query.isError ? (
      <Failure error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Loading what={what} {...(rows === undefined ? {} : { rows })} />
    );
  }

  return (
    <>
      {query.isError && (
        <div className="notice notice-warn" role="status">
          <span>What you see is not up to date: {query.error.message}</span>
          <span>
            <button type="button" className="button button-small" onClick={() => void query.refetch()}>
              Try again
            </button>
          </span>
        </div>
      )}
      {children(query.data)}
    </>
  );
}
