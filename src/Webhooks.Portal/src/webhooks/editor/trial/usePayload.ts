import { useState } from 'react';
import { type EventSources, useEventSource } from '../../../events/useEventSource.ts';
import { usePortal } from '../../../shell/context.ts';
import type { Draft } from '../draft.ts';
import { nilId, payloadOf } from './payload.ts';

/** The payload that something is tried on, and where it may come from. */
export interface ChosenPayload {
  sources: EventSources;
  text: string;
  onText: (text: string) => void;
}

/** A payload of a recent event or of a sample, which may be edited; nothing is asked for before that is wanted. */
export function usePayload(
  isWanted: boolean,
  { events: listed }: Draft,
  format: Draft['payloadFormat'],
  webhookId = nilId,
): ChosenPayload {
  const { session } = usePortal();
  const [edited, setEdited] = useState<{ of: string; text: string } | null>(null);
  const sources = useEventSource({ listed, first: 'recent', withOperational: true, isWanted });

  const of = `${sources.key} ${format}`;
  return {
    sources,
    text: edited?.of === of ? edited.text : textOf(sources.chosen),
    onText: (text) => setEdited({ of, text }),
  };

  function textOf(chosen: EventSources['chosen']): string {
    if (chosen === undefined || chosen.data === null) {
      return '';
    }

    const { id, timestamp } = { ...ofSamples, ...chosen.published };
    const event = { id, event: chosen.event, timestamp: timestamp ?? ofSamples.timestamp, data: chosen.data };
    const receiver = { organizationId: session.org_id ?? nilId, webhookId };
    return JSON.stringify(payloadOf(event, receiver, format), null, 2);
  }
}

/** What samples were published as: always the same, so that nothing changes by itself. */
const ofSamples = { id: nilId, timestamp: '2026-01-31T18:30:00.000Z' };
