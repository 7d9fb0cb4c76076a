import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { useApi, useMay } from '../shell/context.ts';
import { Page } from '../ui/Page.tsx';
import { Query } from '../ui/Query.tsx';
import { NoPermission } from '../ui/States.tsx';
import { webhookQuery } from '../webhooks/queries.ts';
import { nameOf } from '../webhooks/state.ts';
import { TestForm } from './TestForm.tsx';
import { TestResult } from './TestResult.tsx';

/** Sends an event that one has chosen and changed to a webhook, and says what came of it. */
export default function TestPage({ params }: { params: { webhook: string } }) {
  const webhook = useQuery(webhookQuery(useApi(), params.webhook));
  const mayTest = useMay('webhooks:write');
  const [sent, setSent] = useState<Schemas['DeliveryDetail'] | null>(null);
  return (
    <Page title="Send a test event">
      {mayTest ? (
        <Query query={webhook} what="the webhook">
          {({ data }) => (
            <>
              <p>
                To <Link href={`/webhooks/${data.id}`}>{nameOf(data)}</Link>. One attempt is made now, with the real
                secret and network, also when the webhook is not active; its filter is not asked.
              </p>
              <TestForm webhook={data} onSent={setSent} />
              {sent !== null && <TestResult key={sent.id} delivery={sent} />}
            </>
          )}
        </Query>
      ) : (
        <NoPermission detail="Your access lets you look at webhooks, not send anything." />
      )}
    </Page>
  );
}
