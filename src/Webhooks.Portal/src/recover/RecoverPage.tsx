import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { Schemas } from '../api/client.ts';
import { messagesOf } from '../api/problem.ts';
import { useApi, useMay } from '../shell/context.ts';
import { Page } from '../ui/Page.tsx';
import { Query } from '../ui/Query.tsx';
import { NoPermission, Problem } from '../ui/States.tsx';
import { TextField } from '../ui/TextField.tsx';
import { formatCount } from '../ui/text.ts';
import { toLocalInput } from '../ui/time.ts';
import { useTask } from '../ui/useTask.ts';
import { webhookQuery } from '../webhooks/queries.ts';
import { nameOf } from '../webhooks/state.ts';
import { begin, preview, recoveriesQuery } from './queries.ts';
import { Recoveries } from './Recoveries.tsx';

type Scope = Schemas['CreateRecovery'];

const day = 24 * 3600 * 1000;
const missed = ['failed', 'skipped', 'canceled'] as const;

/** What a webhook missed in a window of time, and the way to send it again. */
export default function RecoverPage({ params }: { params: { webhook: string } }) {
  const webhook = useQuery(webhookQuery(useApi(), params.webhook));
  const recoveries = useQuery(recoveriesQuery(useApi(), params.webhook));
  const mayRecover = useMay('webhooks:write');
  return (
    <Page title="Recover what was missed">
      <Query query={webhook} what="the webhook">
        {({ data }) => (
          <>
            <p>
              For <Link href={`/webhooks/${data.id}`}>{nameOf(data)}</Link>
            </p>
            {mayRecover ? (
              <RecoverForm webhook={data} onBegun={() => void recoveries.refetch()} />
            ) : (
              <NoPermission detail="Your access lets you look at webhooks, not send anything again." />
            )}
          </>
        )}
      </Query>
      <Query query={recoveries} what="the recoveries">
        {(page) => <Recoveries recoveries={page.data} onChanged={() => recoveries.refetch()} />}
      </Query>
    </Page>
  );
}

function RecoverForm({ webhook, onBegun }: { webhook: Schemas['Webhook']; onBegun: () => void }) {
  const api = useApi();
  const [query] = useSearchParams();
  const [from, setFrom] = useState(() =>
    toLocalInput(timeIn(query.get('from')) ?? webhook.health.failing_since ?? Date.now() - day),
  );
  const [to, setTo] = useState(() => toLocalInput(Date.now()));
  const [statuses, setStatuses] = useState<ReadonlySet<string>>(new Set(missed));
  const [found, setFound] = useState<{ scope: Scope; preview: Schemas['RecoveryPreview'] } | null>(null);
  const { error, isBusy, run } = useTask();

  const look = (submission: FormEvent) => {
    submission.preventDefault();
    setFound(null);
    void run(async () => {
      const scope: Scope = {
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        statuses: missed.filter((status) => statuses.has(status)),
      };
      setFound({ scope, preview: await preview(api, webhook.id, scope) });
    });
  };
  const start = (scope: Scope) =>
    run(async () => {
      await begin(api, webhook.id, scope);
      setFound(null);
      onBegun();
    });
  const toggle = (status: string) => {
    const changed = new Set(statuses);
    if (!changed.delete(status)) {
      changed.add(status);
    }
    setStatuses(changed);
  };
  return (
    <form className="card stack" onSubmit={look}>
      <div className="filters">
        <TextField
          label="From"
          errors={messagesOf(error, 'from')}
          type="datetime-local"
          step={1}
          required
          value={from}
          onChange={setFrom}
        />
        <TextField
          label="To"
          errors={messagesOf(error, 'to')}
          type="datetime-local"
          step={1}
          required
          value={to}
          onChange={setTo}
        />
      </div>
      <fieldset className="field">
        <legend>Deliveries that are</legend>
        <div className="row">
          {missed.map((status) => (
            <label key={status} className="check">
              <input type="checkbox" checked={statuses.has(status)} onChange={() => toggle(status)} />
              {status}
            </label>
          ))}
        </div>
      </fieldset>
      <Problem error={error} />
      <div className="row">
        <button type="submit" className="button" disabled={isBusy}>
          Preview
        </button>
      </div>
      {found !== null && <Preview preview={found.preview} isBusy={isBusy} onStart={() => void start(found.scope)} />}
    </form>
  );
}

/** A time that an address names; null when it names none. */
const timeIn = (text: string | null) => (text === null || Number.isNaN(Date.parse(text)) ? null : text);

interface PreviewProps {
  preview: Schemas['RecoveryPreview'];
  isBusy: boolean;
  onStart: () => void;
}

function Preview({ preview, isBusy, onStart }: PreviewProps) {
  if (preview.count === 0) {
    return <p role="status">Nothing in that window is like that.</p>;
  }

  const count = formatCount(preview.count, 'delivery', 'deliveries');
  return (
    <div className="stack-small" role="status">
      <table>
        <caption className="hidden-visually">What would be sent again, by event type</caption>
        <thead>
          <tr>
            <th scope="col">Event type</th>
            <th scope="col" className="number">
              Deliveries
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(preview.by_event).map(([event, number]) => (
            <tr key={event}>
              <td>{event}</td>
              <td className="number">{number}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {!preview.complete && <p>There are more: counting has stopped at {count}.</p>}
      <div className="row">
        <button type="button" className="button button-primary" disabled={isBusy} onClick={onStart}>
          Recover {preview.complete ? count : 'them all'}
        </button>
      </div>
    </div>
  );
}
