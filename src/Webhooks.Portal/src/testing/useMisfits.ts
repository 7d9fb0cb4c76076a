import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { parseObject } from '../catalog/json.ts';
import { type Misfit, misfitsOf } from './schema.ts';

/** What of a text that is being typed does not fit a schema; nothing while it is no JSON, or where there is no schema. */
export function useMisfits(schema: object | null, text: string): readonly Misfit[] {
  const deferred = useDeferredValue(text);
  const parsed = parseObject(deferred);
  const data = 'value' in parsed ? parsed.value : null;
  const misfits = useQuery({
    queryKey: ['misfits', schema, deferred],
    queryFn: () => misfitsOf(schema ?? {}, data),
    enabled: schema !== null && data !== null,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
  });
  return schema === null || data === null ? [] : (misfits.data ?? []);
}
