import type { ReactNode } from 'react';
import type { Schemas } from '../api/client.ts';
import { Code } from '../ui/Code.tsx';
import { describeDelays } from './editor/schedule/delays.ts';

/** How a webhook is set, for whoever may look; it is changed elsewhere. */
export function Settings({ webhook }: { webhook: Schemas['Webhook'] }) {
  const labels = Object.entries(webhook.metadata);
  return (
    <details className="card settings">
      <summary>Settings</summary>
      <dl className="facts">
        <Setting name="Deliveries">
          {webhook.mode === 'pull' ? 'Its receiver fetches them' : 'Are posted to its URL'}
        </Setting>
        <Setting name="Form">{webhook.payload_format === 'cloudevents' ? 'CloudEvents 1.0' : 'Standard'}</Setting>
        <Setting name="Filter">
          {webhook.filter !== null && <Code label="Filter">{JSON.stringify(webhook.filter, null, 2)}</Code>}
        </Setting>
        <Setting name="Transform">
          {webhook.transform !== null && <Code label="Transform">{webhook.transform}</Code>}
        </Setting>
        <Setting name="Attempts">
          {webhook.retry_delays === null ? 'After the system’s waits' : describeDelays(webhook.retry_delays)}
        </Setting>
        <Setting name="Time for one">
          {webhook.timeout_seconds === null ? 'The system’s' : `${webhook.timeout_seconds} s`}
        </Setting>
        <Setting name="Headers">
          {webhook.headers !== null && <code>{Object.keys(webhook.headers).join(', ')}</code>}
        </Setting>
        <Setting name="Labels">
          {labels.length > 0 && <code>{labels.map(([key, value]) => `${key}: ${value}`).join(', ')}</code>}
        </Setting>
        <Setting name="While not active">
          {webhook.keep_skipped ? 'Its events are kept, to be recovered' : 'Its events are not kept'}
        </Setting>
      </dl>
    </details>
  );
}

function Setting({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children === false ? <span className="muted">None</span> : children}</dd>
    </>
  );
}
