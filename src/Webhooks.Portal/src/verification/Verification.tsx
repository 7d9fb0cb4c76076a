import { Tabs } from '@base-ui/react/tabs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../shell/context.ts';
import { Code } from '../ui/Code.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Field } from '../ui/Field.tsx';
import { Query } from '../ui/Query.tsx';
import { webhookQuery } from '../webhooks/queries.ts';
import { languages } from './languages.ts';
import { headerOf, requestQuery, type SentRequest } from './request.ts';
import './verification.css';

interface Props {
  webhookId: string;
  deliveryId: string;
  /** The numbers of the attempts that were made; one at least. */
  attempts: readonly number[];
}

/** Programs that verify an attempt's request, with its very bytes and headers, to be pasted and run. */
export function Verification({ webhookId, deliveryId, attempts }: Props) {
  const [chosen, setChosen] = useState<number | null>(null);
  const attempt = chosen ?? attempts.at(-1) ?? 1;
  const request = useQuery(requestQuery(useApi(), webhookId, deliveryId, attempt));
  return (
    <section className="stack" aria-labelledby="verification">
      <h2 id="verification">Verify it yourself</h2>
      {attempts.length > 1 && (
        <Field label="With the headers of attempt">
          {(control) => (
            <select
              {...control}
              className="input verification-attempt"
              value={attempt}
              onChange={(event) => setChosen(Number(event.currentTarget.value))}
            >
              {attempts.map((number) => (
                <option key={number}>{number}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Query query={request} what="the request" rows={12}>
        {(data) => <Snippets request={data} webhookId={webhookId} />}
      </Query>
    </section>
  );
}

function Snippets({ request, webhookId }: { request: SentRequest; webhookId: string }) {
  const hint = useQuery(webhookQuery(useApi(), webhookId)).data?.data.secret_hint;
  const rotates = headerOf(request, 'X-Webhook-Signature-Next') !== '';
  return (
    <>
      <p>
        Set the webhook’s secret in your terminal, and run what you paste:{' '}
        <code>export WEBHOOK_SECRET='whsec_…{hint ?? ''}'</code>. It needs nothing but the language itself, and{' '}
        <code>openssl</code> in the shell.
      </p>
      {rotates && (
        <p className="notice">
          The secret was rotated and the old one still signs: webhook-signature is valid with either,
          X-Webhook-Signature with the old one only.
        </p>
      )}
      <Tabs.Root defaultValue={languages[0]?.id}>
        <Tabs.List className="tabs" aria-label="Language">
          {languages.map(({ id, name }) => (
            <Tabs.Tab key={id} value={id} className="tab">
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {languages.map(({ id, name, run, snippetOf }) => (
          <Tabs.Panel key={id} value={id} className="stack-small">
            <div className="row row-spread">
              <code>{run}</code>
              <CopyButton text={snippetOf(request)} label={`Copy the ${name} program`} />
            </div>
            <Code label={`Verification in ${name}`}>{snippetOf(request)}</Code>
          </Tabs.Panel>
        ))}
      </Tabs.Root>
    </>
  );
}
