import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { useApi } from '../shell/context.ts';
import { Badge, type Tone } from '../ui/Badge.tsx';
import { Code } from '../ui/Code.tsx';
import { Page } from '../ui/Page.tsx';
import { Pager } from '../ui/Pager.tsx';
import { Query } from '../ui/Query.tsx';
import { Empty, Failure } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { useFilters } from '../ui/useFilters.ts';
import { webhooksQuery } from '../webhooks/queries.ts';
import { nameOf } from '../webhooks/state.ts';
import { eventQuery, explanationQuery } from './queries.ts';

/** One event: what it told, and what each webhook did with it. */
export default function EventPage({ params }: { params: { event: string } }) {
  const event = useQuery(eventQuery(useApi(), params.event));
  const isUnknown = event.error instanceof ApiProblem && event.error.status === 404;
  return (
    <Page title={event.data === undefined ? 'Event' : `Event ${event.data.event}`}>
      <p>
        <Link href="/events">All events</Link>
      </p>
      {isUnknown ? (
        <p className="notice notice-warn">
          No webhook has a delivery of this event. It was not published, no webhook wanted it, or it is so old that its
          deliveries were dropped.
        </p>
      ) : (
        <Query query={event} what="the event">
          {(data) => <Facts event={data} />}
        </Query>
      )}
      <Explanations eventId={params.event} />
    </Page>
  );
}

function Facts({ event }: { event: Schemas['EventDetail'] }) {
  return (
    <>
      <dl className="facts card">
        <dt>Id</dt>
        <dd>
          <code>{event.id}</code>
        </dd>
        <dt>Published</dt>
        <dd>
          <Time at={event.created_at} />
        </dd>
      </dl>
      <Code label="What it told">
        {event.data === null ? 'It has been erased.' : JSON.stringify(event.data, null, 2)}
      </Code>
    </>
  );
}

function Explanations({ eventId }: { eventId: string }) {
  const api = useApi();
  const { cursor } = useFilters([]);
  const webhooks = useQuery(webhooksQuery(api, {}, cursor));
  return (
    <section className="stack" aria-labelledby="explanations">
      <h2 id="explanations">What each webhook did with it</h2>
      <Query query={webhooks} what="the webhooks">
        {(page) =>
          page.data.length === 0 ? (
            <Empty title="There are no webhooks">
              <p>So nobody could get it.</p>
            </Empty>
          ) : (
            <>
              <ExplanationTable webhooks={page.data} eventId={eventId} />
              <Pager next={page.next_cursor} />
            </>
          )
        }
      </Query>
    </section>
  );
}

function ExplanationTable({ webhooks, eventId }: { webhooks: readonly Schemas['Webhook'][]; eventId: string }) {
  const api = useApi();
  const explanations = useQueries({ queries: webhooks.map(({ id }) => explanationQuery(api, id, eventId)) });
  const failed = explanations.find(({ isError }) => isError);
  if (failed !== undefined) {
    return <Failure error={failed.error} onRetry={() => void failed.refetch()} />;
  }

  return (
    <div className="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Webhook</th>
            <th scope="col">Outcome</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {webhooks.map((webhook, index) => (
            <ExplanationRow key={webhook.id} webhook={webhook} explanation={explanations[index]?.data} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  webhook: Schemas['Webhook'];
  explanation: Schemas['Explanation'] | undefined;
}

function ExplanationRow({ webhook, explanation }: RowProps) {
  const delivery = explanation?.delivery ?? null;
  return (
    <tr>
      <td className="webhook-url">
        <Link href={`/webhooks/${webhook.id}`}>{nameOf(webhook)}</Link>
      </td>
      <td>
        {explanation !== undefined && (
          <Badge tone={tones[explanation.reason] ?? 'idle'}>{explanation.reason.replaceAll('_', ' ')}</Badge>
        )}
      </td>
      <td>
        {explanation?.detail}{' '}
        {delivery !== null && <Link href={`/webhooks/${webhook.id}/deliveries/${delivery.id}`}>The delivery</Link>}
      </td>
    </tr>
  );
}

const tones: Partial<Record<Schemas['ExplanationReason'], Tone>> = {
  delivered: 'good',
  pending: 'warn',
  failed: 'bad',
  disabled: 'bad',
};
