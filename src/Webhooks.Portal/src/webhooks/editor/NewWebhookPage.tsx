import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { answerOf, type Schemas } from '../../api/client.ts';
import { RequestKeys } from '../../api/RequestKeys.ts';
import { useApi } from '../../shell/context.ts';
import { Page } from '../../ui/Page.tsx';
import { NoPermission } from '../../ui/States.tsx';
import { NewSecret } from '../NewSecret.tsx';
import { nameOf } from '../state.ts';
import { useMayCreate } from '../useMayCreate.ts';
import { type Draft, fieldsOf } from './draft.ts';
import { WebhookForm } from './WebhookForm.tsx';

/** A new webhook, and then its secret. */
export default function NewWebhookPage() {
  const [, navigate] = useLocation();
  const [made, setMade] = useState<Schemas['CreatedWebhook'] | null>(null);
  const mayCreate = useMayCreate();
  if (!mayCreate) {
    return (
      <Page title="New webhook">
        <NoPermission detail="Your access does not let you make webhooks." />
      </Page>
    );
  }

  return made === null ? (
    <Page title="New webhook">
      <NewWebhookForm onMade={setMade} />
    </Page>
  ) : (
    <Page title="The webhook is made">
      <p>
        <code>{nameOf(made)}</code>{' '}
        {made.active ? 'gets its events from now on.' : 'gets nothing until it is activated.'}
      </p>
      <NewSecret secret={made.secret} onSaved={() => navigate(`/webhooks/${made.id}`)} />
    </Page>
  );
}

function NewWebhookForm({ onMade }: { onMade: (webhook: Schemas['CreatedWebhook']) => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [keys] = useState(() => new RequestKeys());
  const [isActive, setActive] = useState(true);
  const create = async (draft: Draft) => {
    const body = { ...fieldsOf(draft), active: isActive };
    const made = await answerOf(
      api.POST('/api/v1/webhooks', { params: { header: { 'Idempotency-Key': keys.for(body) } }, body }),
    );
    void queries.invalidateQueries({ queryKey: ['webhooks'] });
    return () => onMade(made);
  };
  return (
    <WebhookForm action="Create the webhook" onSubmit={create} onCancel={() => navigate('/webhooks')}>
      <section className="card">
        <label className="check">
          <input type="checkbox" checked={isActive} onChange={(change) => setActive(change.currentTarget.checked)} />
          <span>
            Active at once
            <span className="choice-meaning">Otherwise nothing is sent to it until you activate it.</span>
          </span>
        </label>
      </section>
    </WebhookForm>
  );
}
