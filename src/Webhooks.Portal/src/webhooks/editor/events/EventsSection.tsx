import { useQuery } from '@tanstack/react-query';
import { messagesOf } from '../../../api/problem.ts';
import { useApi } from '../../../shell/context.ts';
import { Query } from '../../../ui/Query.tsx';
import type { SectionProps } from '../draft.ts';
import { FormSection } from '../FormSection.tsx';
import { archivedQuery, catalogQuery } from '../queries.ts';
import { ChosenEvents } from './ChosenEvents.tsx';
import { EventPicker } from './EventPicker.tsx';

const none: readonly string[] = [];

/** Which events the webhook gets. */
export function EventsSection({ draft, error, onChange }: SectionProps) {
  const api = useApi();
  const catalog = useQuery(catalogQuery(api));
  const archived = useQuery(archivedQuery(api));
  return (
    <FormSection
      title="Events"
      hint="Choose event types one by one, all of a kind, or everything. A kind has those that are added to it later, too."
    >
      <Query query={catalog} what="the event types" rows={12}>
        {(data) => (
          <>
            <ChosenEvents
              chosen={draft.events}
              catalog={data}
              archived={archived.data ?? none}
              onChange={(events) => onChange({ events })}
            />
            <EventPicker
              chosen={draft.events}
              catalog={data}
              errors={messagesOf(error, 'events')}
              onChange={(events) => onChange({ events })}
            />
          </>
        )}
      </Query>
    </FormSection>
  );
}
