import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { messagesOf } from '../../api/problem.ts';
import { RequestKeys } from '../../api/RequestKeys.ts';
import { useApi } from '../../shell/context.ts';
import { Choices } from '../../ui/Choices.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { Problem } from '../../ui/States.tsx';
import { useTask } from '../../ui/useTask.ts';
import { nameOf } from '../state.ts';
import { rotate } from './queries.ts';

type Overlap = '3600' | '86400' | '259200' | '604800' | '0';

const overlaps: readonly (readonly [Overlap, string, string?])[] = [
  ['3600', 'An hour'],
  ['86400', 'A day'],
  ['259200', 'Three days'],
  ['604800', 'A week'],
  ['0', 'Not at all', 'For a secret that others know. Your receiver refuses everything until it has the new one.'],
];

interface Props {
  webhook: Schemas['Webhook'];
  /** Whether a rotation runs, which this one ends. */
  isForced: boolean;
  onRotated: (rotated: Schemas['RotatedSecret']) => void;
  /** Called when the server refuses: what is shown of the webhook may not be so any more. */
  onRefused: (error: unknown) => void;
}

/** How long the old secret signs beside the new one, and the button that makes the new one. */
export function RotateForm({ webhook, isForced, onRotated, onRefused }: Props) {
  const api = useApi();
  const [overlap, setOverlap] = useState<Overlap>('86400');
  const [keys] = useState(() => new RequestKeys());
  const { error, isBusy, run } = useTask();

  const make = async () => {
    const body = { overlap_seconds: Number(overlap), force: isForced };
    onRotated(await rotate(api, webhook.id, body, keys.for(body)));
  };
  const tryToMake = () =>
    run(() =>
      make().catch((refusal) => {
        onRefused(refusal);
        throw refusal;
      }),
    );
  return (
    <div className="stack">
      <Choices
        legend="How long both secrets sign"
        choices={overlaps}
        value={overlap}
        errors={messagesOf(error, 'overlap_seconds')}
        onChange={setOverlap}
      />
      <Problem error={error} />
      <div className="row">
        {isForced || overlap === '0' ? (
          <ConfirmDialog
            title={`Make a new secret of ${nameOf(webhook)}?`}
            trigger="Make a new secret"
            action="Make a new secret"
            isDanger
            onConfirm={make}
          >
            {isForced && 'The secret before this rotation is erased at once: who still verifies by it, refuses. '}
            {overlap === '0'
              ? 'Requests are signed with the new secret alone from now on. Your receiver refuses them until it has it.'
              : 'The last new secret signs beside the one that is made now.'}
          </ConfirmDialog>
        ) : (
          <button type="button" className="button button-primary" disabled={isBusy} onClick={() => void tryToMake()}>
            Make a new secret
          </button>
        )}
      </div>
    </div>
  );
}
