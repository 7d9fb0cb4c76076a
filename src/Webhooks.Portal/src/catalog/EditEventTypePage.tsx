import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { useApi, useMay } from '../shell/context.ts';
import { Page } from '../ui/Page.tsx';
import { Query } from '../ui/Query.tsx';
import { NoPermission } from '../ui/States.tsx';
import { changesOf, type Draft } from './catalog.ts';
import { EventTypeForm } from './EventTypeForm.tsx';
import { changeEventType, eventTypeQuery } from './queries.ts';

/** What is known of an event type, to be changed. */
export default function EditEventTypePage({ params }: { params: { name: string } }) {
  const api = useApi();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  // It stays as it was read, also when the window is looked at again: what is written is held against that.
  const type = useQuery({ ...eventTypeQuery(api, params.name), staleTime: Infinity, gcTime: 0 });
  const mayChange = useMay('event-types:write');
  const page = `/event-types/${params.name}`;
  const change = async (original: Schemas['EventType'], draft: Draft) => {
    const changes = changesOf(original, draft);
    if (Object.keys(changes).length > 0) {
      await changeEventType(api, original.name, changes);
      await queries.invalidateQueries({ queryKey: ['event types'] });
    }
    return () => navigate(page);
  };
  return (
    <Page title={`Edit ${params.name}`}>
      {mayChange ? (
        <Query query={type} what="the event type" rows={12}>
          {(data) => <EventTypeForm type={data} action="Save" back={page} onSubmit={(draft) => change(data, draft)} />}
        </Query>
      ) : (
        <NoPermission detail="Your access lets you look at the event types, not change them." />
      )}
    </Page>
  );
}
