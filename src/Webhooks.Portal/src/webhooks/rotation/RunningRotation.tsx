import { useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '../../api/client.ts';
import { useApi } from '../../shell/context.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { Time } from '../../ui/Time.tsx';
import { formatCountdown } from '../../ui/time.ts';
import { useNow } from '../../ui/useNow.ts';
import { nameOf } from '../state.ts';
import type { Phase } from './phase.ts';
import { endOverlap, promote } from './queries.ts';
import { RotateForm } from './RotateForm.tsx';
import { Step } from './Step.tsx';

interface Props {
  webhook: Schemas['Webhook'];
  phase: Exclude<Phase, 'single'>;
  onRotated: (rotated: Schemas['RotatedSecret']) => void;
  onRefused: (error: unknown) => void;
}

/** A rotation whose overlap runs: what is left to do of it. */
export function RunningRotation({ webhook, phase, onRotated, onRefused }: Props) {
  const api = useApi();
  const queries = useQueryClient();
  const now = useNow(1_000);
  const isPromoted = phase === 'promoted';
  const take = async (step: Promise<unknown>) => {
    await step;
    await queries.invalidateQueries();
  };
  return (
    <ol className="stack steps">
      <Step title="1. Make a new secret" state="done">
        {webhook.secret_hint !== null && <p>The new secret ends in {webhook.secret_hint}.</p>}
      </Step>
      <Step title="2. Give it to your receiver" state={isPromoted ? 'done' : 'now'}>
        {!isPromoted && (
          <p>
            It was shown when it was made. While both secrets sign, a receiver can check the new one against{' '}
            <code>X-Webhook-Signature-Next</code>.
          </p>
        )}
        <details>
          <summary>The new secret is lost, or others know it?</summary>
          <div className="step-more">
            <RotateForm webhook={webhook} isForced onRotated={onRotated} onRefused={onRefused} />
          </div>
        </details>
      </Step>
      <Step title="3. Promote it" state={isPromoted ? 'done' : 'now'}>
        {isPromoted ? (
          <p>
            <code>X-Webhook-Signature</code> is made with the new secret.
          </p>
        ) : (
          <>
            <p>
              If your receiver verifies <code>X-Webhook-Signature</code> and has the new secret: that header is made
              with it from then on. If it verifies <code>webhook-signature</code>, there is nothing to do here.
            </p>
            <div className="row">
              <ConfirmDialog
                title={`Promote the new secret of ${nameOf(webhook)}?`}
                trigger="Promote the new secret"
                action="Promote"
                onConfirm={() => take(promote(api, webhook.id))}
              >
                X-Webhook-Signature is made with the new secret from now on. A receiver that verifies it by the old one
                refuses requests then.
              </ConfirmDialog>
            </div>
          </>
        )}
      </Step>
      <Step title="4. End the overlap" state="now">
        <p>
          Both secrets sign until{' '}
          {webhook.previous_secret_expires_at !== null && (
            <>
              <Time at={webhook.previous_secret_expires_at} />, for{' '}
              {formatCountdown(webhook.previous_secret_expires_at, now)}
            </>
          )}
          . Then the old one is erased by itself. When your receiver has the new one, you need not wait.
        </p>
        <div className="row">
          <ConfirmDialog
            title={`End the overlap of ${nameOf(webhook)} now?`}
            trigger="End the overlap"
            action="End the overlap"
            isDanger
            onConfirm={() => take(endOverlap(api, webhook.id))}
          >
            The old secret is erased, and the new one signs alone. A receiver that does not have the new one refuses
            everything from now on.
          </ConfirmDialog>
        </div>
      </Step>
    </ol>
  );
}
