import { type FormEvent, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { messagesOf } from '../api/problem.ts';
import { RequestKeys } from '../api/RequestKeys.ts';
import type { Scope } from '../api/session.ts';
import { usePortal } from '../shell/context.ts';
import { CheckField } from '../ui/CheckField.tsx';
import { MakingDialog } from '../ui/MakingDialog.tsx';
import { SelectField } from '../ui/SelectField.tsx';
import { Problem } from '../ui/States.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useTask } from '../ui/useTask.ts';
import { createKey } from './queries.ts';
import { meaningOf, scopesToGive } from './scopes.ts';

const day = 24 * 3600 * 1000;
const lifetimes = [
  ['', 'It does not expire'],
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['365', 'In a year'],
  ['at', 'At a time of your choice'],
] as const;

/** The way to a new key, which is shown once. */
export function NewKey() {
  return (
    <MakingDialog<Schemas['CreatedApiKey']>
      what="API key"
      titleOf={({ name }) => `The key “${name}” is made`}
      secretOf={({ key }) => key}
      list={['keys']}
      form={(onMade, onCancel) => <KeyForm onMade={onMade} onCancel={onCancel} />}
    >
      A program sends it with each request, in the header <code>Authorization: Bearer</code>.
    </MakingDialog>
  );
}

interface FormProps {
  onMade: (key: Schemas['CreatedApiKey']) => void;
  onCancel: () => void;
}

function KeyForm({ onMade, onCancel }: FormProps) {
  const { api, session } = usePortal();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const [lifetime, setLifetime] = useState('');
  const [expiresAt, setExpiresAt] = useState('');
  // The same form again is the same request, which makes no second key when the answer to the first was lost.
  const [keys] = useState(() => new RequestKeys());
  const [openedAt] = useState(Date.now);
  const { error, isBusy, run } = useTask();

  const create = async (submission: FormEvent) => {
    submission.preventDefault();
    await run(async () => {
      const expiry = expiryOf(lifetime, expiresAt, openedAt);
      const wanted = { name, scopes: [...scopes], ...(expiry === null ? {} : { expires_at: expiry }) };
      onMade(await createKey(api, wanted, keys.for(wanted)));
    });
  };
  return (
    <form className="stack" onSubmit={(submission) => void create(submission)}>
      <TextField
        label="Name"
        hint="What it is for, so that you know it again."
        errors={messagesOf(error, 'name')}
        required
        maxLength={100}
        autoComplete="off"
        value={name}
        onChange={setName}
      />
      <ScopeChoice
        offered={scopesToGive(session)}
        chosen={scopes}
        errors={messagesOf(error, 'scopes')}
        onChange={setScopes}
      />
      <SelectField
        label="Expires"
        errors={messagesOf(error, 'expires_at')}
        value={lifetime}
        choices={lifetimes}
        onChange={setLifetime}
      />
      {lifetime === 'at' && (
        <TextField
          label="Time"
          hint="In your zone."
          type="datetime-local"
          required
          value={expiresAt}
          onChange={setExpiresAt}
        />
      )}
      <Problem error={error} />
      <div className="row">
        <button type="submit" className="button button-primary" disabled={isBusy || scopes.length === 0}>
          Make the key
        </button>
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface ScopeChoiceProps {
  offered: readonly Scope[];
  chosen: readonly Scope[];
  errors: readonly string[];
  onChange: (chosen: readonly Scope[]) => void;
}

function ScopeChoice({ offered, chosen, errors, onChange }: ScopeChoiceProps) {
  return (
    <fieldset className="field">
      <legend>What it may do</legend>
      <div className="stack-small">
        {offered.map((scope) => (
          <CheckField
            key={scope}
            label={
              <>
                {meaningOf(scope)} <code className="muted">{scope}</code>
              </>
            }
            checked={chosen.includes(scope)}
            onChange={(checked) => onChange(checked ? [...chosen, scope] : chosen.filter((other) => other !== scope))}
          />
        ))}
      </div>
      {errors.length > 0 && <div className="field-error">{errors.join(' ')}</div>}
    </fieldset>
  );
}

/** When a key expires, as the API is told; null for never. */
function expiryOf(lifetime: string, at: string, openedAt: number): string | null {
  if (lifetime === '') {
    return null;
  }

  return new Date(lifetime === 'at' ? at : openedAt + Number(lifetime) * day).toISOString();
}
