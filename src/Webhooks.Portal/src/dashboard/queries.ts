import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Api, answerOf } from '../api/client.ts';
import { type WindowName, windows } from './window.ts';

const beginOf = (name: WindowName) => new Date(Date.now() - windows[name].length).toISOString();

/** What became of all deliveries in a window, span by span, and why attempts failed. */
export const outcomesQuery = (api: Api, name: WindowName) =>
  queryOptions({
    queryKey: ['outcomes', name],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/stats', {
          params: { query: { from: beginOf(name), interval: windows[name].interval, group_by: 'error' } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });

/** The same by webhook, of the newest hundred. */
export const byWebhookQuery = (api: Api, name: WindowName) =>
  queryOptions({
    queryKey: ['by webhook', name],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/stats', {
          params: { query: { from: beginOf(name), interval: windows[name].coarse, group_by: 'webhook' } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });

/** What pending deliveries wait for. */
export const backlogQuery = (api: Api) =>
  queryOptions({
    queryKey: ['backlog'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/backlog', { signal })),
    refetchInterval: 5_000,
  });
