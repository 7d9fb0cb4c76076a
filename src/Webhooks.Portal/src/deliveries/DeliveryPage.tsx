import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { answerOf, type Schemas } from '../api/client.ts';
import { useApi, useMay } from '../shell/context.ts';
import { Badge } from '../ui/Badge.tsx';
import { Code } from '../ui/Code.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Page } from '../ui/Page.tsx';
import { Query } from '../ui/Query.tsx';
import { Time } from '../ui/Time.tsx';
import { formatCount } from '../ui/text.ts';
import { useNow } from '../ui/useNow.ts';
import { resultOf, toneOf, waitOf } from './outcome.ts';
import { deliveryQuery } from './queries.ts';

type Delivery = Schemas['DeliveryDetail'];

interface Props {
  params: { webhook: string; delivery: string };
}

/** One delivery: what was sent, what came of each attempt, and what comes next. */
export default function DeliveryPage({ params }: Props) {
  const delivery = useQuery(deliveryQuery(useApi(), params.webhook, params.delivery));
  return (
    <Page
      title={delivery.data === undefined ? 'Delivery' : `Delivery of ${delivery.data.event}`}
      actions={delivery.data !== undefined && <Actions delivery={delivery.data} />}
    >
      <p>
        <Link href={`/webhooks/${params.webhook}`}>All deliveries of this webhook</Link>
      </p>
      <Query query={delivery} what="the delivery">
        {(data) => (
          <>
            <Facts delivery={data} />
            <Timeline attempts={data.attempts} />
            <Body delivery={data} />
          </>
        )}
      </Query>
    </Page>
  );
}

function Actions({ delivery }: { delivery: Delivery }) {
  const api = useApi();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const mayChange = useMay('webhooks:write');
  if (!mayChange) {
    return null;
  }

  const path = { id: delivery.webhook_id, delivery_id: delivery.id };
  const isPending = delivery.status === 'pending';
  const redeliver = async () => {
    const made = await answerOf(
      api.POST('/api/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver', { params: { path } }),
    );
    await queries.invalidateQueries();
    navigate(`/webhooks/${made.webhook_id}/deliveries/${made.id}`);
  };
  const cancel = async () => {
    await answerOf(api.POST('/api/v1/webhooks/{id}/deliveries/{delivery_id}/cancel', { params: { path } }));
    await queries.invalidateQueries();
  };
  return (
    <>
      <ConfirmDialog
        title={isPending ? `Try ${delivery.event} again now?` : `Send ${delivery.event} once more?`}
        trigger={isPending ? 'Try again now' : 'Redeliver'}
        action={isPending ? 'Try now' : 'Redeliver'}
        onConfirm={redeliver}
      >
        {isPending
          ? 'Its next attempt does not wait for its time.'
          : 'It becomes a new delivery of the same event, with the same event id: a receiver that keeps those knows it again.'}
      </ConfirmDialog>
      {isPending && (
        <ConfirmDialog
          title={`Cancel the delivery of ${delivery.event}?`}
          trigger="Cancel"
          action="Cancel the delivery"
          isDanger
          onConfirm={cancel}
        >
          No further attempt is made. It can be redelivered later.
        </ConfirmDialog>
      )}
    </>
  );
}

function Facts({ delivery }: { delivery: Delivery }) {
  const wait = waitOf(delivery, useNow(1_000));
  return (
    <dl className="facts card">
      <dt>Status</dt>
      <dd>
        <Badge tone={toneOf(delivery.status)}>{delivery.status}</Badge> {wait}
      </dd>
      <dt>Event</dt>
      <dd>
        <code>{delivery.event_id}</code>
      </dd>
      <dt>Delivery</dt>
      <dd>
        <code>{delivery.id}</code>
      </dd>
      <dt>Created</dt>
      <dd>
        <Time at={delivery.created_at} />
      </dd>
      {delivery.delivered_at !== null && (
        <>
          <dt>Delivered</dt>
          <dd>
            <Time at={delivery.delivered_at} />
          </dd>
        </>
      )}
      {delivery.redelivery_of !== null && (
        <>
          <dt>Redelivery of</dt>
          <dd>
            <Link href={`/webhooks/${delivery.webhook_id}/deliveries/${delivery.redelivery_of}`}>
              {delivery.redelivery_of}
            </Link>
          </dd>
        </>
      )}
      {delivery.transform_error !== null && (
        <>
          <dt>Transform</dt>
          <dd>{delivery.transform_error}</dd>
        </>
      )}
    </dl>
  );
}

function Timeline({ attempts }: { attempts: readonly Schemas['Attempt'][] }) {
  return (
    <section className="stack" aria-labelledby="attempts">
      <h2 id="attempts">{formatCount(attempts.length, 'attempt')}</h2>
      <ol className="stack">
        {attempts.map((attempt) => (
          <li key={attempt.number} className="card stack-small">
            <div className="row row-spread">
              <strong>
                {attempt.number}. {resultOf(attempt)}
              </strong>
              <span className="muted">
                <Time at={attempt.started_at} />, {attempt.duration_ms} ms, {attempt.trigger}
              </span>
            </div>
            {attempt.message !== null && <p>{attempt.message}</p>}
            {attempt.response_body !== null && attempt.response_body !== '' && (
              <Code label={`What attempt ${attempt.number} was answered with`}>{attempt.response_body}</Code>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Body({ delivery }: { delivery: Delivery }) {
  const sent = delivery.sent_body ?? (delivery.payload === null ? null : JSON.stringify(delivery.payload, null, 2));
  return (
    <section className="stack" aria-labelledby="body">
      <div className="row row-spread">
        <h2 id="body">What is sent</h2>
        {sent !== null && <CopyButton text={sent} label="Copy" />}
      </div>
      {sent === null ? (
        <p className="muted">It has been erased, and cannot be sent again.</p>
      ) : (
        <>
          <Code label="The body">{sent}</Code>
          {delivery.sent_body === null && (
            <p className="muted">Laid out to be read. What is signed is the same on one line, as the API answers it.</p>
          )}
        </>
      )}
    </section>
  );
}
