import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { messagesOf } from '../api/problem.ts';
import { useApi } from '../shell/context.ts';
import { Field } from '../ui/Field.tsx';
import { LeaveGuard } from '../ui/LeaveGuard.tsx';
import { Problem } from '../ui/States.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useTask } from '../ui/useTask.ts';
import { changesOf, type Draft, draftOf } from './draft.ts';
import { changeOrganization, organizationQuery } from './queries.ts';

/** What operators say of an organization: its name, its limits, and how its portal is shown. */
export function OrganizationForm({ organization }: { organization: Schemas['Organization'] }) {
  const api = useApi();
  const queries = useQueryClient();
  const [before, setBefore] = useState(() => draftOf(organization));
  const [draft, setDraft] = useState(before);
  const [isSaved, setSaved] = useState(false);
  const { error, isBusy, run } = useTask();
  const changes = changesOf(before, draft);
  const isChanged = Object.keys(changes).length > 0;

  const write = (changed: Partial<Draft>) => {
    setDraft({ ...draft, ...changed });
    setSaved(false);
  };
  const save = async (submission: FormEvent) => {
    submission.preventDefault();
    await run(async () => {
      const saved = await changeOrganization(api, organization.id, changes);
      queries.setQueryData(organizationQuery(api, organization.id).queryKey, saved);
      setBefore(draftOf(saved));
      setDraft(draftOf(saved));
      setSaved(true);
    });
  };
  return (
    <form className="card stack" aria-label="Settings" onSubmit={(submission) => void save(submission)}>
      <h2>Settings</h2>
      <TextField
        label="Name"
        hint="What you call it."
        errors={messagesOf(error, 'name')}
        maxLength={200}
        autoComplete="off"
        value={draft.name}
        onChange={(value) => write({ name: value })}
      />
      <TextField
        label="Most webhooks"
        hint="Empty for the limit of the installation. It takes nothing away from who has more."
        errors={messagesOf(error, 'max_webhooks')}
        type="number"
        min={0}
        max={1_000_000}
        value={draft.maxWebhooks}
        onChange={(value) => write({ maxWebhooks: value })}
      />
      <div className="filters">
        <TextField
          label="Events a second"
          hint="In the long run; empty for no limit."
          errors={messagesOf(error, 'publish_rate.per_second')}
          type="number"
          step="any"
          min={0}
          required={draft.burst !== ''}
          value={draft.perSecond}
          onChange={(value) => write({ perSecond: value })}
        />
        <TextField
          label="Events at once"
          hint="After a while without any."
          errors={messagesOf(error, 'publish_rate.burst')}
          type="number"
          min={1}
          required={draft.perSecond !== ''}
          value={draft.burst}
          onChange={(value) => write({ burst: value })}
        />
      </div>
      <Field
        label="Origins that show its portal in a frame"
        hint={
          <>
            One in each line, as in <code>https://app.example.com</code>. Empty for none.
          </>
        }
        errors={messagesOf(error, 'frame_ancestors')}
      >
        {(control) => (
          <textarea
            {...control}
            className="input"
            rows={3}
            spellCheck={false}
            value={draft.frameAncestors}
            onChange={(change) => write({ frameAncestors: change.currentTarget.value })}
          />
        )}
      </Field>
      <TextField
        label="Where people get a new link"
        hint="A page of your product, shown to those whose link has ended."
        errors={messagesOf(error, 'refresh_url')}
        type="url"
        autoComplete="off"
        value={draft.refreshUrl}
        onChange={(value) => write({ refreshUrl: value })}
      />
      <Problem error={error} />
      <div className="row">
        <button type="submit" className="button button-primary" disabled={isBusy || !isChanged}>
          Save
        </button>
        <span role="status">{isSaved && 'Saved.'}</span>
      </div>
      <LeaveGuard isOn={isChanged} title="Leave without saving?">
        What you have written here is not saved, and is gone when you leave.
      </LeaveGuard>
    </form>
  );
}
