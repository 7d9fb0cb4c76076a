import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../shell/context.ts';
import { Code } from '../ui/Code.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { HeaderLines } from '../ui/HeaderLines.tsx';
import { Query } from '../ui/Query.tsx';
import { curlOf } from './curl.ts';
import { maskedNames, requestQuery, type SentRequest } from './request.ts';

interface Props {
  webhookId: string;
  deliveryId: string;
  attempt: number;
}

/** What an attempt sent, which is asked for when it is opened. */
export function AttemptRequest(props: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What attempt {props.attempt} sent</summary>
      {isOpen && <Opened {...props} />}
    </details>
  );
}

function Opened({ webhookId, deliveryId, attempt }: Props) {
  const request = useQuery(requestQuery(useApi(), webhookId, deliveryId, attempt));
  return (
    <Query query={request} what="the request">
      {(data) => <Request request={data} />}
    </Query>
  );
}

function Request({ request }: { request: SentRequest }) {
  const masked = maskedNames(request);
  return (
    <div className="stack-small">
      <div className="row row-spread">
        <code>
          {request.method} {request.url ?? '(fetched by its receiver)'}
        </code>
        <CopyButton text={curlOf(request)} label="Copy as curl" />
      </div>
      {masked.length > 0 && <p className="muted">{`The value of ${masked.join(', ')} is not shown. Fill it in.`}</p>}
      <HeaderLines label={`Headers of attempt ${request.attempt}`} headers={request.headers} />
      <Code label={`Body of attempt ${request.attempt}`}>{request.body}</Code>
    </div>
  );
}
