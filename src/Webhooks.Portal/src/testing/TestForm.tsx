import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { messagesByPlace } from '../api/problem.ts';
import { formatObject, parseObject } from '../catalog/json.ts';
import { eventTypeQuery } from '../catalog/queries.ts';
import { SourceField } from '../events/SourceField.tsx';
import { useEventSource } from '../events/useEventSource.ts';
import { useApi } from '../shell/context.ts';
import { CodeField } from '../ui/CodeField.tsx';
import { Problem } from '../ui/States.tsx';
import { useTask } from '../ui/useTask.ts';
import { sendTest } from './test.ts';
import { useMisfits } from './useMisfits.ts';

interface Props {
  webhook: Schemas['Webhook'];
  onSent: (delivery: Schemas['DeliveryDetail']) => void;
}

/** The event of a test: a sample or an earlier event to begin with, and its data, which may be changed. */
export function TestForm({ webhook, onSent }: Props) {
  const api = useApi();
  const queries = useQueryClient();
  const sources = useEventSource({
    listed: webhook.events,
    first: 'sample',
    withOperational: false,
    isWanted: true,
  });
  const { chosen } = sources;
  const type = useQuery({ ...eventTypeQuery(api, chosen?.event ?? ''), enabled: chosen !== undefined });
  const [edited, setEdited] = useState<{ of: string; text: string } | null>(null);
  const { error, setError, isBusy, run } = useTask();

  const text = edited?.of === sources.key ? edited.text : formatObject(chosen?.data ?? null);
  const parsed = parseObject(text);
  const refusals = messagesByPlace(error);
  const misfits = useMisfits(type.data?.schema ?? null, text);
  const problems =
    chosen?.data === null && text === ''
      ? ['The data of this event has been erased. Choose another, or write your own.']
      : 'problem' in parsed
        ? [parsed.problem]
        : [...refusals, ...misfits.map(({ path, message }) => [path, message] as const)].map(
            ([place, message]) => `${place}: ${message}`,
          );

  const send = async (submission: FormEvent) => {
    submission.preventDefault();
    if (chosen === undefined || 'problem' in parsed || parsed.value === null) {
      return;
    }

    await run(async () => {
      onSent(await sendTest(api, webhook.id, chosen.event, text));
      await queries.invalidateQueries({ queryKey: ['deliveries', webhook.id] });
    });
  };
  return (
    <form className="card stack" onSubmit={(submission) => void send(submission)}>
      <SourceField label="Begin with" sources={sources} />
      <CodeField
        label="Data"
        hint="What the event tells, as a JSON object. It is sent as it stands here."
        errors={chosen === undefined ? [] : problems}
        value={text}
        onChange={(changed) => {
          setError(null);
          setEdited({ of: sources.key, text: changed });
        }}
      />
      {misfits.length > 0 && type.data !== undefined && !type.data.validate && (
        <p className="notice notice-warn">
          Events of this type are not held to its schema: it is sent all the same, and so would the real event be.
        </p>
      )}
      <Problem error={refusals.length > 0 ? null : error} />
      <div className="row">
        <button type="submit" className="button button-primary" disabled={isBusy || 'problem' in parsed || text === ''}>
          {isBusy ? 'Sending…' : 'Send'}
        </button>
        {edited?.of === sources.key && (
          <button type="button" className="button" onClick={() => setEdited(null)}>
            Undo the changes
          </button>
        )}
      </div>
    </form>
  );
}
