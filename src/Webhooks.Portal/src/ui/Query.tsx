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
      {query.isError && <Outdated error={query.error} onRetry={() => void query.refetch()} />}
      {children(query.data)}
    </>
  );
}

/** Says that what is shown could not be asked for again, and why. */
export function Outdated({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <div className="notice notice-warn" role="status">
      <span>What you see is not up to date: {error.message}</span>
      <span>
        <button type="button" className="button button-small" onClick={onRetry}>
          Try again
        </button>
      </span>
    </div>
  );
}
