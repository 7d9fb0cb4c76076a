import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { useApi, useMay } from '../shell/context.ts';
import { Badge, type Tone } from '../ui/Badge.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { Problem } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { formatCount } from '../ui/text.ts';
import { steer } from './queries.ts';

type Recovery = Schemas['Recovery'];

interface Props {
  recoveries: readonly Recovery[];
  onChanged: () => Promise<unknown>;
}

/** A webhook's recoveries and how far each is. */
export function Recoveries({ recoveries, onChanged }: Props) {
  if (recoveries.length === 0) {
    return null;
  }

  return (
    <section className="stack" aria-labelledby="recoveries">
      <h2 id="recoveries">Recoveries</h2>
      <ul className="stack">
        {recoveries.map((recovery) => (
          <RecoveryItem key={recovery.id} recovery={recovery} onChanged={onChanged} />
        ))}
      </ul>
    </section>
  );
}

function RecoveryItem({ recovery, onChanged }: { recovery: Recovery; onChanged: () => Promise<unknown> }) {
  const { state, total, redelivered, done, failed } = recovery;
  return (
    <li className="card stack-small">
      <div className="row row-spread">
        <span>
          <Badge tone={tones[state] ?? 'idle'}>{state}</Badge> <Time at={recovery.from} /> to <Time at={recovery.to} />
        </span>
        <Steering recovery={recovery} onChanged={onChanged} />
      </div>
      {total !== null && (
        <progress className="progress" max={Math.max(1, total)} value={redelivered} aria-label="Sent again so far" />
      )}
      <p className="muted">
        {redelivered} of {total === null ? 'what is being counted' : formatCount(total, 'delivery', 'deliveries')} sent
        again: {done} succeeded, {failed} failed.
        {recovery.reason !== null && ` It is ${state} because: ${reasons[recovery.reason] ?? recovery.reason}.`}
      </p>
    </li>
  );
}

function Steering({ recovery, onChanged }: { recovery: Recovery; onChanged: () => Promise<unknown> }) {
  const api = useApi();
  const mayRecover = useMay('webhooks:write');
  const [error, setError] = useState<unknown>(null);
  const take = async (step: 'pause' | 'resume' | 'cancel') => {
    await steer(api, recovery, step);
    await onChanged();
  };
  const tryTo = (step: 'pause' | 'resume') => {
    setError(null);
    take(step).catch(setError);
  };
  if (!mayRecover || (recovery.state !== 'running' && recovery.state !== 'paused')) {
    return null;
  }

  return (
    <span className="row">
      {recovery.state === 'running' ? (
        <button type="button" className="button button-small" onClick={() => tryTo('pause')}>
          Pause
        </button>
      ) : (
        <button type="button" className="button button-small" onClick={() => tryTo('resume')}>
          Resume
        </button>
      )}
      <ConfirmDialog
        title="Cancel this recovery?"
        trigger="Cancel"
        action="Cancel the recovery"
        isDanger
        onConfirm={() => take('cancel')}
      >
        What it has sent again stays; the rest is not sent.
      </ConfirmDialog>
      <Problem error={error} />
    </span>
  );
}

const reasons: Record<string, string> = {
  requested: 'somebody asked for it',
  webhook_inactive: 'the webhook is not active',
  webhook_deleted: 'the webhook was deleted',
};

const tones: Record<string, Tone> = { running: 'warn', paused: 'idle', finished: 'good', canceled: 'idle' };
