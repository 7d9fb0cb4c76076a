import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { answerOf, type Schemas } from '../api/client.ts';
import { Deliveries } from '../deliveries/Deliveries.tsx';
import { useApi, useMay } from '../shell/context.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { Page } from '../ui/Page.tsx';
import { Query } from '../ui/Query.tsx';
import { Ago, Time } from '../ui/Time.tsx';
import { DeleteWebhook } from './DeleteWebhook.tsx';
import { webhookQuery } from './queries.ts';
import { StateBadge } from './StateBadge.tsx';
import { nameOf } from './state.ts';

type Webhook = Schemas['Webhook'];

/** One webhook: how its receiver does and why, and what was sent to it. */
export default function WebhookPage({ params }: { params: { webhook: string } }) {
  const webhook = useQuery(webhookQuery(useApi(), params.webhook));
  return (
    <Page
      title={webhook.data === undefined ? 'Webhook' : nameOf(webhook.data.data)}
      actions={webhook.data !== undefined && <Actions webhook={webhook.data.data} tag={webhook.data.tag} />}
    >
      <Query query={webhook} what="the webhook">
        {({ data }) => <Facts webhook={data} />}
      </Query>
      {webhook.data !== undefined && <Deliveries webhookId={params.webhook} />}
    </Page>
  );
}

function Actions({ webhook, tag }: { webhook: Webhook; tag: string | undefined }) {
  const api = useApi();
  const queries = useQueryClient();
  const mayChange = useMay('webhooks:write');
  if (!mayChange) {
    return null;
  }

  const path = { id: webhook.id };
  const setActive = async (active: boolean) => {
    await answerOf(
      api.PATCH('/api/v1/webhooks/{id}', {
        params: { path, header: tag === undefined ? {} : { 'If-Match': tag } },
        body: { active },
      }),
    );
    await queries.invalidateQueries();
  };
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
      {webhook.active ? (
        <ConfirmDialog
          title={`Deactivate ${nameOf(webhook)}?`}
          trigger="Deactivate"
          action="Deactivate"
          isDanger
          onConfirm={() => setActive(false)}
        >
          Nothing more is sent to it until it is activated again. What is still pending is canceled.
        </ConfirmDialog>
      ) : (
        <ConfirmDialog
          title={`Activate ${nameOf(webhook)}?`}
          trigger="Activate"
          action="Activate"
          onConfirm={() => setActive(true)}
        >
          Events from now on are sent to it again.
        </ConfirmDialog>
      )}
      <DeleteWebhook webhook={webhook} tag={tag} />
    </>
  );
}

function Facts({ webhook }: { webhook: Webhook }) {
  const { health } = webhook;
  return (
    <dl className="facts card">
      <dt>State</dt>
      <dd>
        <StateBadge webhook={webhook} />
        {health.paused_until !== null && (
          <div className="muted">
            Until <Time at={health.paused_until} />
          </div>
        )}
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
      {health.failing_since !== null && (
        <>
          <dt>Failing since</dt>
          <dd>
            <Time at={health.failing_since} />
          </dd>
        </>
      )}
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
