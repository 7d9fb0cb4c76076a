import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../shell/context.ts';
import { standsFor } from '../webhooks/editor/events/choice.ts';
import { catalogQuery } from '../webhooks/editor/queries.ts';
import { eventQuery, eventsQuery } from './queries.ts';

/** Something that an event can be taken from. */
export interface EventSource {
  /** `event:` with an id, or `sample:` with an event type. */
  key: string;
  event: string;
  /** When it was published; undefined for a sample. */
  at?: string;
}

/** Events that there were and samples, and the one that is chosen. */
export interface EventSources {
  recent: readonly EventSource[];
  samples: readonly EventSource[];
  /** The chosen one's key; empty while nothing is known. */
  key: string;
  /** The chosen one; undefined while it is not known. */
  chosen: ChosenEvent | undefined;
  isLoading: boolean;
  choose: (key: string) => void;
}

export interface ChosenEvent {
  event: string;
  /** Null when it has been erased. */
  data: object | null;
  /** What it was published as; null for a sample. */
  published: { id: string; timestamp: string | null } | null;
}

interface Options {
  /** What the webhook lists; what it does not comes after the rest. Empty for no webhook. */
  listed: readonly string[];
  /** What is chosen at first. */
  first: 'recent' | 'sample';
  /** Whether operational events are among the samples. */
  withOperational: boolean;
  /** Nothing is asked for before. */
  isWanted: boolean;
}

/** A recent event, or the sample of an event type. */
export function useEventSource({ listed, first, withOperational, isWanted }: Options): EventSources {
  const api = useApi();
  const [wanted, choose] = useState<string | null>(null);
  const events = useQuery({ ...eventsQuery(api, {}, undefined), enabled: isWanted, refetchInterval: false });
  const catalog = useQuery({ ...catalogQuery(api), enabled: isWanted });

  const isListed = (event: string) => listed.length === 0 || listed.some((entry) => standsFor(entry, event));
  const types = [
    ...(catalog.data?.data ?? []).flatMap((category) => category.events),
    ...(withOperational ? (catalog.data?.operational ?? []) : []),
  ].toSorted((one, other) => Number(isListed(other.name)) - Number(isListed(one.name)));
  const recent = (events.data?.data ?? [])
    .filter(({ event }) => isListed(event))
    .slice(0, 20)
    .map(({ id, event, created_at }) => ({ key: `event:${id}`, event, at: created_at }));
  const samples = types.map(({ name }) => ({ key: `sample:${name}`, event: name }));
  const isDecided = first === 'sample' || !events.isPending;
  const key =
    wanted ?? (isDecided ? ((first === 'recent' ? recent[0] : undefined) ?? samples[0])?.key : undefined) ?? '';

  const eventId = key.startsWith('event:') ? key.slice('event:'.length) : '';
  const event = useQuery({ ...eventQuery(api, eventId), enabled: isWanted && eventId !== '' });
  const sample = types.find(({ name }) => key === `sample:${name}`);
  return {
    recent,
    samples,
    key,
    chosen:
      sample !== undefined
        ? { event: sample.name, data: sample.sample, published: null }
        : event.data && { event: event.data.event, data: event.data.data, published: event.data },
    isLoading: events.isPending || catalog.isPending || (eventId !== '' && event.isPending),
    choose,
  };
}
