import type { MouseEvent } from 'react';
import { Link } from 'wouter';
import { pageOf } from './places.ts';
import { useSelection } from './useSelection.ts';

interface Props {
  delivery: { id: string; webhook_id: string; event: string };
}

/** What leads from a list to a delivery: beside the list where there is room, else to its page, which its address always is. */
export function DeliveryLink({ delivery }: Props) {
  const [selected, select] = useSelection();
  const open = (click: MouseEvent) => {
    if (matchMedia('(min-width: 1000px)').matches) {
      click.preventDefault();
      select(delivery.id);
    }
  };
  return (
    <Link
      href={pageOf(delivery)}
      id={`delivery-${delivery.id}`}
      aria-current={delivery.id === selected ? 'true' : undefined}
      onClick={open}
    >
      {delivery.event}
    </Link>
  );
}
