import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { useApi } from '../shell/context.ts';
import { standsFor } from '../webhooks/editor/events/choice.ts';
import { catalogQuery } from '../webhooks/editor/queries.ts';
import { eventQuery, eventsQuery } from './queries.ts';

/** Something that an event's data can be taken from. */
export interface EventSource {
  /** `event:` with an id, or `sample:` with an event type. */
  key: string;
  event: string;
  /** When it was published; undefined for a sample. */
  at?: string;
}

interface ChosenSource {
  recent: readonly EventSource[];
  samples: readonly EventSource[];
  /** The chosen one's key; empty while nothing is known. */
  key: string;
  /** The chosen one's event type; undefined while it is not known. */
  event: string | undefined;
  /** The chosen one's data; null when it has been erased, undefined while it is not known. */
  data: object | null | undefined;
  choose: (key: string) => void;
}

/** A recent event, or an event type's sample, of those that a webhook lists; nothing is listed where no webhook is meant. */
export function useEventSource(listed: readonly string[]): ChosenSource {
  const api = useApi();
  const [chosen, choose] = useState<string | null>(null);
  const recent = useQuery({ ...eventsQuery(api, {}, undefined), refetchInterval: false });
  const catalog = useQuery(catalogQuery(api));

  const isListed = (event: string) => listed.length === 0 || listed.some((entry) => standsFor(entry, event));
  const types = (catalog.data?.data ?? []).flatMap(({ events }) => events);
  const recentSources = (recent.data?.data ?? [])
    .filter(({ event, test }) => !test && isListed(event))
    .slice(0, 20)
    .map(({ id, event, created_at }) => ({ key: `event:${id}`, event, at: created_at }));
  const samples = byListed(types, isListed).map(({ name }) => ({ key: `sample:${name}`, event: name }));
  const key = chosen ?? samples[0]?.key ?? '';

  const eventId = key.startsWith('event:') ? key.slice('event:'.length) : '';
  const event = useQuery({ ...eventQuery(api, eventId), enabled: eventId !== '' });
  const sample = types.find(({ name }) => key === `sample:${name}`);
  return {
    recent: recentSources,
    samples,
    key,
    event: sample?.name ?? event.data?.event,
    data: sample?.sample ?? event.data?.data,
    choose,
  };
}

/** The types that are listed before the others, which a test may send all the same. */
const byListed = (types: readonly Schemas['AvailableEvent'][], isListed: (event: string) => boolean) => [
  ...types.filter(({ name }) => isListed(name)),
  ...types.filter(({ name }) => !isListed(name)),
];
