import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, type Schemas } from '../api/client.ts';
import { useApi, useMay } from '../shell/context.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { Problem } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { formatCountdown } from '../ui/time.ts';
import { useNow } from '../ui/useNow.ts';
import { useTask } from '../ui/useTask.ts';
import { nameOf, stateOf } from './state.ts';

type Webhook = Schemas['Webhook'];

interface Props {
  webhook: Webhook;
  onActivate: () => Promise<void>;
}

/** What stops or troubles a webhook, since when or how long, and the button that ends it. */
export function StateNotice({ webhook, onActivate }: Props) {
  const now = useNow(1_000);
  const mayChange = useMay('webhooks:write');
  const state = stateOf(webhook, now);
  if (state.tone === 'good' || (webhook.active && state.tone === 'idle')) {
    return null;
  }

  const since = webhook.active ? webhook.health.failing_since : webhook.disabled_at;
  return (
    <section className={`notice notice-${state.tone}`} aria-label="How it stands">
      <strong>{state.name}</strong>
      <p>
        {state.why}{' '}
        {state.until === null
          ? since !== null && (
              <>
                Since <Time at={since} />.
              </>
            )
          : `It goes on by itself in ${formatCountdown(state.until, now)}.`}
      </p>
      {mayChange && state.remedy === 'enable' && (
        <div className="row">
          <ConfirmDialog
            title={`Activate ${nameOf(webhook)}?`}
            trigger="Activate"
            action="Activate"
            onConfirm={onActivate}
          >
            Events from now on are sent to it again, and a sample now, to see whether it answers. What it missed can be
            recovered then.
          </ConfirmDialog>
        </div>
      )}
      {mayChange && state.remedy === 'test' && <ProbeButton webhook={webhook} />}
    </section>
  );
}

/** Sends a test to see whether the receiver answers again; if it does, that ends a pause of the circuit. */
function ProbeButton({ webhook }: { webhook: Webhook }) {
  const api = useApi();
  const queries = useQueryClient();
  const { error, isBusy, run } = useTask();
  const [isSent, setSent] = useState(false);
  const probe = async () => {
    await run(async () => {
      await answerOf(api.POST('/api/v1/webhooks/{id}/test', { params: { path: { id: webhook.id } }, body: {} }));
      setSent(true);
      await queries.invalidateQueries();
    });
  };
  return (
    <div className="row">
      <button type="button" className="button" disabled={isBusy} onClick={() => void probe()}>
        See whether it answers now
      </button>
      <span role="status" className="muted">
        {isSent && 'A test is on its way: it is the newest of the deliveries below.'}
      </span>
      <Problem error={error} />
    </div>
  );
}
