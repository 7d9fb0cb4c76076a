import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { Badge } from '../ui/Badge.tsx';
import { Code } from '../ui/Code.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Query } from '../ui/Query.tsx';
import { Time } from '../ui/Time.tsx';
import { useNow } from '../ui/useNow.ts';
import { Verification } from '../verification/Verification.tsx';
import { toneOf, waitOf } from './outcome.ts';
import { Timeline } from './Timeline.tsx';

type Delivery = Schemas['DeliveryDetail'];

/** What was sent, what came of each attempt, and what comes next. */
export function DeliveryDetails({ query }: { query: UseQueryResult<Delivery> }) {
  return (
    <Query query={query} what="the delivery">
      {(delivery) => (
        <>
          <Facts delivery={delivery} />
          <Timeline delivery={delivery} />
          <Body delivery={delivery} />
          {delivery.attempts.length > 0 && delivery.redacted_at === null && (
            <Verification
              webhookId={delivery.webhook_id}
              deliveryId={delivery.id}
              attempts={delivery.attempts.map(({ number }) => number)}
            />
          )}
        </>
      )}
    </Query>
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
            <p className="muted">Laid out to be read. What is signed is in what each attempt sent.</p>
          )}
        </>
      )}
    </section>
  );
}
