import { useQueryClient } from '@tanstack/react-query';
import { answerOf, type Schemas } from '../api/client.ts';
import { useApi, useMay } from '../shell/context.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';

interface Props {
  delivery: Schemas['DeliveryDetail'];
  /** Called with the delivery that a redelivery has made, or that is tried again. */
  onRedelivered: (made: Schemas['Delivery']) => void;
}

/** What can be done with a delivery. */
export function DeliveryActions({ delivery, onRedelivered }: Props) {
  const api = useApi();
  const queries = useQueryClient();
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
    onRedelivered(made);
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
