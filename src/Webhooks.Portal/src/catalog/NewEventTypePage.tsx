import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { useApi, useMay } from '../shell/context.ts';
import { Page } from '../ui/Page.tsx';
import { NoPermission } from '../ui/States.tsx';
import type { Draft } from './catalog.ts';
import { EventTypeForm } from './EventTypeForm.tsx';
import { createEventType } from './queries.ts';

/** A new event type, for all organizations. */
export default function NewEventTypePage() {
  const api = useApi();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const mayChange = useMay('event-types:write');
  const create = async (draft: Draft) => {
    await createEventType(api, draft);
    await queries.invalidateQueries({ queryKey: ['event types'] });
    return () => navigate(`/event-types/${draft.name}`);
  };
  return (
    <Page title="New event type">
      {mayChange ? (
        <>
          <p>It is one of all organizations: their webhooks may list it within a second.</p>
          <EventTypeForm action="Make the event type" back="/event-types" onSubmit={create} />
        </>
      ) : (
        <NoPermission detail="Your access lets you look at the event types, not change them." />
      )}
    </Page>
  );
}
