import { useMay, usePortal } from '../shell/context.ts';

/** Whether the reader may make webhooks: who sees a single one may only change that. */
export function useMayCreate(): boolean {
  const { session } = usePortal();
  return useMay('webhooks:write') && session.webhook_id === null;
}
