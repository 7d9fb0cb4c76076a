import type { Schemas } from '../api/client.ts';
import { Badge } from '../ui/Badge.tsx';

/** What is special about an event type, in a word each. */
export function EventTypeBadges({ type: { archived, validate } }: { type: Schemas['EventType'] }) {
  return (
    <>
      {validate && <Badge tone="good">checked</Badge>}
      {archived && <Badge tone="idle">archived</Badge>}
    </>
  );
}
