import { type FormEvent, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { messagesOf } from '../api/problem.ts';
import { useApi } from '../shell/context.ts';
import { CheckField } from '../ui/CheckField.tsx';
import { MakingDialog } from '../ui/MakingDialog.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { Problem } from '../ui/States.tsx';
import { useTask } from '../ui/useTask.ts';
import { WebhookCombobox } from '../webhooks/WebhookCombobox.tsx';
import { createSession } from './queries.ts';

const lengths = [
  ['900', '15 minutes'],
  ['3600', 'An hour'],
  ['28800', '8 hours'],
  ['86400', 'A day'],
  ['604800', '7 days'],
] as const;

/** The way to a new portal link, which is shown once. */
export function NewSession() {
  return (
    <MakingDialog<Schemas['CreatedPortalSession']>
      what="portal link"
      titleOf={() => 'The portal link is made'}
      secretOf={({ url }) => url}
      actionsFor={({ url }) => (
        <a className="button button-small" href={url} target="_blank" rel="noreferrer">
          Open it
        </a>
      )}
      list={['sessions']}
      form={(onMade, onCancel) => <SessionForm onMade={onMade} onCancel={onCancel} />}
    >
      Whoever opens it is in, until it ends or is revoked. Send it to nobody else.
    </MakingDialog>
  );
}

interface FormProps {
  onMade: (session: Schemas['CreatedPortalSession']) => void;
  onCancel: () => void;
}

function SessionForm({ onMade, onCancel }: FormProps) {
  const api = useApi();
  const [webhook, setWebhook] = useState<string>();
  const [isReadOnly, setReadOnly] = useState(false);
  const [seconds, setSeconds] = useState('3600');
  const { error, isBusy, run } = useTask();

  const create = async (submission: FormEvent) => {
    submission.preventDefault();
    await run(async () => {
      onMade(
        await createSession(api, {
          webhook_id: webhook ?? null,
          read_only: isReadOnly,
          expires_in_seconds: Number(seconds),
        }),
      );
    });
  };
  return (
    <form className="stack" onSubmit={(submission) => void create(submission)}>
      <WebhookCombobox
        label="Link to"
        hint="One webhook, found by its URL, description or id; or all of them."
        errors={messagesOf(error, 'webhook_id')}
        value={webhook}
        none="All webhooks"
        onChange={setWebhook}
      />
      <SelectField
        label="It ends after"
        errors={messagesOf(error, 'expires_in_seconds')}
        value={seconds}
        choices={lengths}
        onChange={setSeconds}
      />
      <CheckField label="Look only: nothing can be changed with it" checked={isReadOnly} onChange={setReadOnly} />
      <Problem error={error} />
      <div className="row">
        <button type="submit" className="button button-primary" disabled={isBusy}>
          Make the link
        </button>
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
