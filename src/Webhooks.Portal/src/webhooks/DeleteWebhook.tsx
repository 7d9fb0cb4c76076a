import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { answerOf, type Schemas } from '../api/client.ts';
import { useApi } from '../shell/context.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { nameOf } from './state.ts';

interface Props {
  webhook: Schemas['Webhook'];
  /** The state that the reader knows, which is the only one that is deleted. */
  tag: string | undefined;
}

/** Deletes a webhook, once that is sure, and leads to the others. */
export function DeleteWebhook({ webhook, tag }: Props) {
  const api = useApi();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const remove = async () => {
    const header = tag === undefined ? {} : { 'If-Match': tag };
    await answerOf(api.DELETE('/api/v1/webhooks/{id}', { params: { path: { id: webhook.id }, header } }));
    void queries.invalidateQueries({ queryKey: ['webhooks'] });
    navigate('/webhooks');
  };
  return (
    <ConfirmDialog
      title={`Delete ${nameOf(webhook)}?`}
      trigger="Delete"
      action="Delete the webhook"
      isDanger
      onConfirm={remove}
    >
      Nothing more is sent to it, what is still pending is canceled, and its secret is erased. What was delivered stays
      in the history. This cannot be undone.
    </ConfirmDialog>
  );
}
