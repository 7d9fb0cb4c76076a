import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { useApi, useMay, usePortal } from '../shell/context.ts';
import { Code } from '../ui/Code.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Page } from '../ui/Page.tsx';
import { Query } from '../ui/Query.tsx';
import { Time } from '../ui/Time.tsx';
import { EventTypeBadges } from './EventTypeBadges.tsx';
import { formatObject } from './json.ts';
import { changeEventType, deleteEventType, eventTypeQuery } from './queries.ts';

type EventType = Schemas['EventType'];

/** One event type: when it is published, and what it tells. */
export default function EventTypePage({ params }: { params: { name: string } }) {
  const type = useQuery(eventTypeQuery(useApi(), params.name));
  const mayChange = useMay('event-types:write');
  return (
    <Page title={params.name} actions={mayChange && type.data !== undefined && <Actions type={type.data} />}>
      <p>
        <Link href="/event-types">All event types</Link>
      </p>
      <Query query={type} what="the event type">
        {(data) => <Facts type={data} />}
      </Query>
    </Page>
  );
}

function Facts({ type }: { type: EventType }) {
  return (
    <>
      <p>{type.description}</p>
      <dl className="facts card">
        <dt>Category</dt>
        <dd>{type.category}</dd>
        <dt>State</dt>
        <dd>
          {type.archived
            ? 'Archived: no longer offered to webhooks. Those that have it still get it.'
            : 'Offered to webhooks.'}{' '}
          <EventTypeBadges type={type} />
        </dd>
        <dt>Checked</dt>
        <dd>
          {type.validate
            ? 'An event whose data does not fit the schema is refused.'
            : 'Any data is taken when it is published.'}
        </dd>
        {!type.built_in && (
          <>
            <dt>Made</dt>
            <dd>
              <Time at={type.created_at} />
            </dd>
          </>
        )}
        <dt>Last changed</dt>
        <dd>
          <Time at={type.updated_at} />
        </dd>
      </dl>
      <Elsewhere name={type.name} />
      <Document title="Sample" what="sample" value={type.sample} />
      {type.schema === null ? (
        <p className="muted">It has no schema: nothing is said about what its data looks like.</p>
      ) : (
        <Document title="JSON Schema of its data" what="schema" value={type.schema} />
      )}
    </>
  );
}

/** What there is of the type on other screens. */
function Elsewhere({ name }: { name: string }) {
  const { session } = usePortal();
  if (session.webhook_id !== null) {
    return null;
  }

  return (
    <p className="row">
      <Link href={`/events?event=${name}`}>Events of this type</Link>
      <Link href={`/webhooks?event=${name}`}>Webhooks that get it</Link>
    </p>
  );
}

function Document({ title, what, value }: { title: string; what: string; value: object }) {
  const text = formatObject(value);
  return (
    <section className="stack-small">
      <div className="row row-spread">
        <h2>{title}</h2>
        <CopyButton text={text} label={`Copy the ${what}`} />
      </div>
      <Code label={title}>{text}</Code>
    </section>
  );
}

function Actions({ type }: { type: EventType }) {
  const api = useApi();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const setArchived = async (archived: boolean) => {
    await changeEventType(api, type.name, { archived });
    await queries.invalidateQueries({ queryKey: ['event types'] });
  };
  const remove = async () => {
    await deleteEventType(api, type.name);
    queries.removeQueries({ queryKey: ['event types'] });
    navigate('/event-types');
  };
  return (
    <>
      <Link className="button button-primary" href={`/event-types/${type.name}/edit`}>
        Edit
      </Link>
      {type.archived ? (
        <ConfirmDialog
          title={`Offer ${type.name} again?`}
          trigger="Offer again"
          action="Offer it again"
          onConfirm={() => setArchived(false)}
        >
          Whoever makes or changes a webhook can choose it.
        </ConfirmDialog>
      ) : (
        <ConfirmDialog
          title={`Archive ${type.name}?`}
          trigger="Archive"
          action="Archive it"
          onConfirm={() => setArchived(true)}
        >
          It is no longer offered, in no organization. Webhooks that have it still get what is published of it.
        </ConfirmDialog>
      )}
      {!type.built_in && (
        <ConfirmDialog title={`Delete ${type.name}?`} trigger="Delete" action="Delete it" isDanger onConfirm={remove}>
          It can no longer be published, by no organization. What was delivered stays in the history.
        </ConfirmDialog>
      )}
    </>
  );
}
