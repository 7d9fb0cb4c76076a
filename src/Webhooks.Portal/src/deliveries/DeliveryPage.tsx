import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { useApi } from '../shell/context.ts';
import { Page } from '../ui/Page.tsx';
import { DeliveryActions } from './DeliveryActions.tsx';
import { DeliveryDetails } from './DeliveryDetails.tsx';
import { pageOf, titleOf } from './places.ts';
import { deliveryQuery } from './queries.ts';

interface Props {
  params: { webhook: string; delivery: string };
}

/** One delivery on a page of its own. */
export default function DeliveryPage({ params }: Props) {
  const [, navigate] = useLocation();
  const delivery = useQuery(deliveryQuery(useApi(), params.webhook, params.delivery));
  return (
    <Page
      title={titleOf(delivery.data)}
      actions={
        delivery.data !== undefined && (
          <DeliveryActions delivery={delivery.data} onRedelivered={(made) => navigate(pageOf(made))} />
        )
      }
    >
      <p>
        <Link href={`/webhooks/${params.webhook}`}>All deliveries of this webhook</Link>
      </p>
      <DeliveryDetails query={delivery} />
    </Page>
  );
}
