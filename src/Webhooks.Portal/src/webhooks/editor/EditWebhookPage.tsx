import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answerWithTag, type Schemas } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useApi, useMay } from '../../shell/context.ts';
import { Page } from '../../ui/Page.tsx';
import { Query } from '../../ui/Query.tsx';
import { NoPermission } from '../../ui/States.tsx';
import { webhookQuery } from '../queries.ts';
import { nameOf } from '../state.ts';
import { ConflictNotice } from './ConflictNotice.tsx';
import { type Conflict, changesOf, conflictsOf } from './changes.ts';
import type { Draft } from './draft.ts';
import { WebhookForm } from './WebhookForm.tsx';

/** A webhook as it was read, with the tag that a change of it names. */
interface Read {
  data: Schemas['Webhook'];
  tag: string | undefined;
}

/** A webhook to be changed. */
export default function EditWebhookPage({ params }: { params: { webhook: string } }) {
  const webhook = useQuery(webhookQuery(useApi(), params.webhook));
  const mayChange = useMay('webhooks:write');
  return (
    <Page title="Edit the webhook">
      {mayChange ? (
        <Query query={webhook} what="the webhook" rows={12}>
          {(read) => <Editor key={params.webhook} read={read} />}
        </Query>
      ) : (
        <NoPermission detail="Your access lets you look at webhooks, not change them." />
      )}
    </Page>
  );
}

function Editor({ read }: { read: Read }) {
  // What was read first, whatever is read later: a change is refused when somebody else was faster.
  const [base, setBase] = useState(read);
  return (
    <>
      <p>
        <Link href={`/webhooks/${base.data.id}`}>{nameOf(base.data)}</Link>
      </p>
      <EditForm key={base.tag} base={base} onTakeTheirs={setBase} />
    </>
  );
}

function EditForm({ base, onTakeTheirs }: { base: Read; onTakeTheirs: (theirs: Read) => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [conflict, setConflict] = useState<{ theirs: Read; fields: readonly Conflict[] } | null>(null);
  const { id } = base.data;
  const leave = () => navigate(`/webhooks/${id}`);

  const save = async (draft: Draft) => {
    const body = changesOf(draft, base.data);
    if (Object.keys(body).length === 0) {
      return leave;
    }

    const tag = conflict?.theirs.tag ?? base.tag;
    const header = tag === undefined ? {} : { 'If-Match': tag };
    try {
      await answerWithTag(api.PATCH('/api/v1/webhooks/{id}', { params: { path: { id }, header }, body }));
    } catch (reason) {
      if (!(reason instanceof ApiProblem && reason.status === 412)) {
        throw reason;
      }

      const theirs = await answerWithTag(api.GET('/api/v1/webhooks/{id}', { params: { path: { id } } }));
      setConflict({ theirs, fields: conflictsOf(draft, base.data, theirs.data) });
      return null;
    }

    await queries.invalidateQueries();
    return leave;
  };
  return (
    <WebhookForm
      webhook={base.data}
      action={conflict === null ? 'Save' : 'Keep mine on top'}
      notice={
        conflict !== null && (
          <ConflictNotice conflicts={conflict.fields} onTakeTheirs={() => onTakeTheirs(conflict.theirs)} />
        )
      }
      onSubmit={save}
      onCancel={leave}
    />
  );
}
