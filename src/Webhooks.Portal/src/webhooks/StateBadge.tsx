import type { Schemas } from '../api/client.ts';
import { Badge } from '../ui/Badge.tsx';
import { useNow } from '../ui/useNow.ts';
import { stateOf } from './state.ts';

/** A webhook's state in a word, and why. */
export function StateBadge({ webhook }: { webhook: Schemas['Webhook'] }) {
  const state = stateOf(webhook, useNow(5_000));
  return (
    <span className="webhook-state">
      <Badge tone={state.tone}>{state.name}</Badge>
      {state.tone !== 'good' && <span className="muted webhook-why">{state.why}</span>}
    </span>
  );
}
