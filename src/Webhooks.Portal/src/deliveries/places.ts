import type { Schemas } from '../api/client.ts';

/** The address of a delivery's page. */
export const pageOf = ({ webhook_id, id }: { webhook_id: string; id: string }): string =>
  `/webhooks/${webhook_id}/deliveries/${id}`;

/** The heading of a delivery, also while it is not known yet. */
export const titleOf = (delivery: Schemas['DeliveryDetail'] | undefined): string =>
  delivery === undefined ? 'Delivery' : `Delivery of ${delivery.event}`;
