import { useState } from 'react';
import { messagesOf } from '../../../api/problem.ts';
import { CodeField } from '../../../ui/CodeField.tsx';
import type { SectionProps } from '../draft.ts';
import { FormSection } from '../FormSection.tsx';
import { PayloadField } from '../trial/PayloadField.tsx';
import { parsePayload } from '../trial/payload.ts';
import { TrialPanel } from '../trial/TrialPanel.tsx';
import { usePayload } from '../trial/usePayload.ts';
import { TransformTrial } from './TransformTrial.tsx';
import { useTransformTrial } from './useTransformTrial.ts';

interface Props extends SectionProps {
  webhookId: string | undefined;
}

const example = `function handler(webhook) {
  webhook.payload.data.received_by = "my service";
  return webhook;
}
`;

/** JavaScript that makes of the webhook's payloads what is sent. */
export function TransformSection({ draft, error, webhookId, onChange }: Props) {
  // Also while it is empty: who empties it may be about to write another.
  const [isWritten, setWritten] = useState(draft.transform !== '');
  const [isTried, setTried] = useState(false);
  const payload = usePayload(isTried, draft, draft.payloadFormat, webhookId);
  const parsed = parsePayload(payload.text);
  const trial = useTransformTrial(isTried ? draft.transform : '', 'payload' in parsed ? parsed.payload : null);
  const write = (transform: string) => {
    setWritten(transform !== '');
    onChange({ transform });
  };
  return (
    <FormSection
      title="Transform"
      hint="JavaScript that makes of each payload what is sent to this receiver. Without it, payloads are sent as they are."
    >
      {!isWritten ? (
        <div>
          <button type="button" className="button" onClick={() => write(example)}>
            Write a transform
          </button>
        </div>
      ) : (
        <>
          <CodeField
            label="Script"
            hint={
              <>
                <code>handler</code> gets <code>{'{event, payload, headers}'}</code> and returns it changed, or{' '}
                <code>{'{cancel: true}'}</code> to send nothing.
              </>
            }
            errors={messagesOf(error, 'transform')}
            wrongLine={trial.data?.error?.line ?? null}
            value={draft.transform}
            onChange={(transform) => onChange({ transform })}
          />
          <TrialPanel isOpen={isTried} onOpen={setTried}>
            <PayloadField {...payload} />
            <TransformTrial trial={trial} />
          </TrialPanel>
          <div>
            <button type="button" className="button" onClick={() => write('')}>
              Remove the transform
            </button>
          </div>
        </>
      )}
    </FormSection>
  );
}
