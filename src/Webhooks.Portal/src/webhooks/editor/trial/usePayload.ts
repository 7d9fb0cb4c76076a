import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { eventQuery, eventsQuery } from '../../../events/queries.ts';
import { useApi, usePortal } from '../../../shell/context.ts';
import type { Draft } from '../draft.ts';
import { type Catalog, standsFor } from '../events/choice.ts';
import { catalogQuery } from '../queries.ts';
import { nilId, type PublishedEvent, payloadOf } from './payload.ts';

/** Something that a payload can be made of. */
export interface Source {
  /** `event:` with an id, or `sample:` with an event type. */
  key: string;
  event: string;
  /** When it was published; undefined for a sample. */
  at?: string;
}

/** The payload that something is tried on, and where it may come from. */
export interface ChosenPayload {
  recent: readonly Source[];
  samples: readonly Source[];
  source: string;
  text: string;
  isLoading: boolean;
  onSource: (key: string) => void;
  onText: (text: string) => void;
}

const none: Catalog = { data: [], operational: [] };

/** A payload of a recent event or of a sample, which may be edited; nothing is asked for before that is wanted. */
export function usePayload(
  isWanted: boolean,
  { events: listed }: Draft,
  format: Draft['payloadFormat'],
  webhookId = nilId,
): ChosenPayload {
  const api = useApi();
  const { session } = usePortal();
  const [chosen, setChosen] = useState<string | null>(null);
  const [edited, setEdited] = useState<{ of: string; text: string } | null>(null);
  const recent = useQuery({ ...eventsQuery(api, {}, undefined), enabled: isWanted, refetchInterval: false });
  const catalog = useQuery({ ...catalogQuery(api), enabled: isWanted });

  const isListed = (event: string) => listed.length === 0 || listed.some((entry) => standsFor(entry, event));
  const types = typesOf(catalog.data ?? none);
  const recentSources = (recent.data?.data ?? [])
    .filter(({ event }) => isListed(event))
    .slice(0, 20)
    .map(({ id, event, created_at }) => ({ key: `event:${id}`, event, at: created_at }));
  const samples = types
    .filter(({ name }) => isListed(name))
    .map(({ name }) => ({ key: `sample:${name}`, event: name }));
  const source = chosen ?? (recent.isPending ? '' : ((recentSources[0] ?? samples[0])?.key ?? ''));

  const eventId = source.startsWith('event:') ? source.slice('event:'.length) : '';
  const event = useQuery({ ...eventQuery(api, eventId), enabled: isWanted && eventId !== '' });
  const sample = types.find(({ name }) => source === `sample:${name}`);
  const made: PublishedEvent | undefined =
    sample !== undefined
      ? { id: nilId, event: sample.name, timestamp: sampleTime, data: sample.sample }
      : event.data?.timestamp != null
        ? { ...event.data, timestamp: event.data.timestamp }
        : undefined;
  const of = `${source} ${format}`;
  const text =
    edited?.of === of
      ? edited.text
      : made === undefined
        ? ''
        : JSON.stringify(payloadOf(made, { organizationId: session.org_id ?? nilId, webhookId }, format), null, 2);
  return {
    recent: recentSources,
    samples,
    source,
    text,
    isLoading: recent.isPending || catalog.isPending || (eventId !== '' && event.isPending),
    onSource: setChosen,
    onText: (text) => setEdited({ of, text }),
  };
}

/** When samples happened: always the same, so that nothing changes by itself. */
const sampleTime = '2026-01-31T18:30:00.000Z';

const typesOf = ({ data, operational }: Catalog) => [...data.flatMap(({ events }) => events), ...operational];
