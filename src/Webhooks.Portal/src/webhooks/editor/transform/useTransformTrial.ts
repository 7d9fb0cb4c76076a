import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { answerOf, type Schemas } from '../../../api/client.ts';
import { useApi } from '../../../shell/context.ts';
import { useDebounced } from '../../../ui/useDebounced.ts';

/** What a script makes of a payload, once neither changes any more; nothing is asked for when one of them is missing. */
export function useTransformTrial(
  transform: string,
  payload: Record<string, unknown> | null,
): UseQueryResult<Schemas['TransformTrial']> {
  const api = useApi();
  const request = useDebounced(
    JSON.stringify(transform === '' || payload === null ? null : { transform, payload }),
    400,
  );
  return useQuery({
    queryKey: ['transform trial', request],
    queryFn: ({ signal }) =>
      answerOf(api.POST('/api/v1/webhooks/transform/test', { body: JSON.parse(request), signal })),
    enabled: request !== 'null',
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });
}
