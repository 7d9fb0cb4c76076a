import type { Schemas } from '../api/client.ts';
import { Badge } from '../ui/Badge.tsx';

/** Whether an organization is erased, or is being so. */
export function ErasureBadge({ organization: { erasure } }: { organization: Schemas['Organization'] }) {
  if (erasure === null) {
    return null;
  }

  return erasure.state === 'running' ? <Badge tone="warn">being erased</Badge> : <Badge tone="idle">erased</Badge>;
}
