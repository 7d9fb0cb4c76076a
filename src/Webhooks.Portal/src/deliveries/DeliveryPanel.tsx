import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { useApi } from '../shell/context.ts';
import { DeliveryActions } from './DeliveryActions.tsx';
import { DeliveryDetails } from './DeliveryDetails.tsx';
import { pageOf, titleOf } from './places.ts';
import { deliveryQuery } from './queries.ts';
import { useSelection } from './useSelection.ts';
import './panel.css';

/** The delivery that was chosen from a webhook's list, beside it; nothing when none is. */
export function DeliveryPanel({ webhookId }: { webhookId: string }) {
  const [selected] = useSelection();
  return selected === null ? null : <Opened key={selected} webhookId={webhookId} deliveryId={selected} />;
}

function Opened({ webhookId, deliveryId }: { webhookId: string; deliveryId: string }) {
  const delivery = useQuery(deliveryQuery(useApi(), webhookId, deliveryId));
  const [, select] = useSelection();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const close = () => {
    select(null);
    document.getElementById(`delivery-${deliveryId}`)?.focus();
  };
  return (
    <aside
      className="panel stack"
      aria-labelledby="panel-title"
      onKeyDown={(event) => {
        // A dialog that was opened from here closes itself first.
        if (event.key === 'Escape' && event.currentTarget.contains(event.target as Node)) {
          close();
        }
      }}
    >
      <header className="stack-small">
        <div className="row row-spread">
          <Link href={pageOf({ webhook_id: webhookId, id: deliveryId })}>Open as a page</Link>
          <button type="button" className="button button-small" onClick={close}>
            Close
          </button>
        </div>
        <h2 id="panel-title" ref={heading} tabIndex={-1}>
          {titleOf(delivery.data)}
        </h2>
        {delivery.data !== undefined && (
          <div className="row">
            <DeliveryActions delivery={delivery.data} onRedelivered={({ id }) => select(id)} />
          </div>
        )}
      </header>
      <DeliveryDetails query={delivery} />
    </aside>
  );
}
