import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { Deliveries } from '../deliveries/Deliveries.tsx';
import { useApi, useMay } from '../shell/context.ts';
import { Badge } from '../ui/Badge.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { Page } from '../ui/Page.tsx';
import { Query } from '../ui/Query.tsx';
import { Ago, Time } from '../ui/Time.tsx';
import { useNow } from '../ui/useNow.ts';
import { DeleteWebhook } from './DeleteWebhook.tsx';
import { MissedOffer } from './MissedOffer.tsx';
import { missedSince } from './missed.ts';
import { webhookQuery } from './queries.ts';
import { Settings } from './Settings.tsx';
import { StateNotice } from './StateNotice.tsx';
import { nameOf, stateOf } from './state.ts';
import { useSetActive } from './useSetActive.ts';
import './webhooks.css';

type Webhook = Schemas['Webhook'];

/** One webhook: how its receiver does and why, and what was sent to it. */
export default function WebhookPage({ params }: { params: { webhook: string } }) {
  const webhook = useQuery(webhookQuery(useApi(), params.webhook));
  const setActive = useSetActive();
  const [missed, setMissed] = useState<{ webhookId: string; from: string } | null>(null);
  return (
    <Page
      title={webhook.data === undefined ? 'Webhook' : nameOf(webhook.data.data)}
      actions={webhook.data !== undefined && <Actions webhook={webhook.data.data} tag={webhook.data.tag} />}
    >
      <Query query={webhook} what="the webhook">
        {({ data, tag }) => (
          <>
            <StateNotice
              webhook={data}
              onActivate={async () => {
                await setActive(data.id, tag, true);
                setMissed({ webhookId: data.id, from: missedSince(data, Date.now()) });
              }}
            />
            {missed?.webhookId === data.id && data.active && <MissedOffer {...missed} />}
            <Facts webhook={data} />
            <Settings webhook={data} />
          </>
        )}
      </Query>
      {webhook.data !== undefined && <Deliveries webhookId={params.webhook} />}
    </Page>
  );
}

function Actions({ webhook, tag }: { webhook: Webhook; tag: string | undefined }) {
  const setActive = useSetActive();
  const mayChange = useMay('webhooks:write');
  if (!mayChange) {
    return null;
  }

  return (
    <>
      <Link className="button button-primary" href={`/webhooks/${webhook.id}/test`}>
        Send a test
      </Link>
      <Link className="button" href={`/webhooks/${webhook.id}/edit`}>
        Edit
      </Link>
      <Link className="button" href={`/webhooks/${webhook.id}/recover`}>
        Recover what was missed
      </Link>
      <Link className="button" href={`/webhooks/${webhook.id}/rotate`}>
        Change the secret
      </Link>
      {webhook.active && (
        <ConfirmDialog
          title={`Deactivate ${nameOf(webhook)}?`}
          trigger="Deactivate"
          action="Deactivate"
          isDanger
          onConfirm={() => setActive(webhook.id, tag, false)}
        >
          Nothing more is sent to it until it is activated again. What is still pending is canceled.
        </ConfirmDialog>
      )}
      <DeleteWebhook webhook={webhook} tag={tag} />
    </>
  );
}

function Facts({ webhook }: { webhook: Webhook }) {
  const { health } = webhook;
  const state = stateOf(webhook, useNow(5_000));
  return (
    <dl className="facts card">
      <dt>State</dt>
      <dd>
        <Badge tone={state.tone}>{state.name}</Badge>
      </dd>
      {webhook.description !== null && (
        <>
          <dt>Description</dt>
          <dd>{webhook.description}</dd>
        </>
      )}
      <dt>Events</dt>
      <dd>
        <code>{webhook.events.join(', ')}</code>
      </dd>
      <dt>Last success</dt>
      <dd>{health.last_success_at === null ? 'None yet' : <Ago at={health.last_success_at} />}</dd>
      <dt>Last failure</dt>
      <dd>{health.last_failure_at === null ? 'None' : <Ago at={health.last_failure_at} />}</dd>
      {webhook.secret_hint !== null && (
        <>
          <dt>Secret</dt>
          <dd>
            Ends in <code>{webhook.secret_hint}</code>
            {webhook.previous_secret_expires_at !== null && (
              <div className="muted">
                The one before it signs, too, until <Time at={webhook.previous_secret_expires_at} />
              </div>
            )}
          </dd>
        </>
      )}
      <dt>Id</dt>
      <dd>
        <code>{webhook.id}</code>
      </dd>
    </dl>
  );
}
