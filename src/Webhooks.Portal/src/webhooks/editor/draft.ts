import type { Schemas } from '../../api/client.ts';
import { type FilterDraft, filterDraftOf, filterOf, filterProblem } from './filter/draft.ts';
import { type Pair, pairsOf, problemsOf as problemsOfPairs, recordOf } from './pairs.ts';
import { formatDelays, parseDelays } from './schedule/delays.ts';

type Webhook = Schemas['Webhook'];

/** A webhook as it is being written: texts as they are typed. */
export interface Draft {
  mode: 'push' | 'pull';
  url: string;
  description: string;
  events: readonly string[];
  hasOwnDelays: boolean;
  delays: string;
  /** Seconds; empty for the system's. */
  timeout: string;
  keepSkipped: boolean;
  payloadFormat: 'standard' | 'cloudevents';
  /** `kept` while those that the webhook has stay: their values are not shown, so that all or none can be given. */
  headers: readonly Pair[] | 'kept';
  metadata: readonly Pair[];
  filter: FilterDraft;
  /** JavaScript; empty for none. */
  transform: string;
}

/** What a section of the form shows of a draft, and how it changes it. */
export interface SectionProps {
  draft: Draft;
  /** What the server or the form said of the draft. */
  error: unknown;
  onChange: (changes: Partial<Draft>) => void;
}

/** The fields of a request that a draft stands for. */
export type Fields = Omit<Schemas['CreateWebhook'], 'active'>;

/** A webhook that is to be made. */
export const emptyDraft: Draft = {
  mode: 'push',
  url: '',
  description: '',
  events: [],
  hasOwnDelays: false,
  delays: '1 min, 5 min, 15 min, 1 h, 2 h',
  timeout: '',
  keepSkipped: true,
  payloadFormat: 'standard',
  headers: [],
  metadata: [],
  filter: { rows: [] },
  transform: '',
};

/** A webhook that there is. */
export const draftOf = (webhook: Webhook): Draft => ({
  mode: webhook.mode === 'pull' ? 'pull' : 'push',
  url: webhook.url ?? '',
  description: webhook.description ?? '',
  events: webhook.events,
  hasOwnDelays: webhook.retry_delays !== null,
  delays: webhook.retry_delays === null ? emptyDraft.delays : formatDelays(webhook.retry_delays),
  timeout: webhook.timeout_seconds === null ? '' : String(webhook.timeout_seconds),
  keepSkipped: webhook.keep_skipped,
  payloadFormat: webhook.payload_format === 'cloudevents' ? 'cloudevents' : 'standard',
  headers: webhook.headers === null ? [] : 'kept',
  metadata: pairsOf(webhook.metadata),
  filter: filterDraftOf(webhook.filter),
  transform: webhook.transform ?? '',
});

/** The request that makes what a draft says. */
export const fieldsOf = (draft: Draft): Fields => ({
  mode: draft.mode,
  ...(draft.mode === 'push' ? { url: draft.url.trim() } : {}),
  description: draft.description.trim() === '' ? null : draft.description.trim(),
  events: [...draft.events],
  retry_delays: draft.hasOwnDelays ? parseDelays(draft.delays) : null,
  timeout_seconds: draft.timeout.trim() === '' ? null : Number(draft.timeout),
  keep_skipped: draft.keepSkipped,
  payload_format: draft.payloadFormat,
  ...(draft.headers === 'kept' ? {} : { headers: recordOf(draft.headers) }),
  metadata: recordOf(draft.metadata),
  filter: filterProblem(draft.filter) === undefined ? filterOf(draft.filter) : null,
  transform: draft.transform.trim() === '' ? null : draft.transform,
});

/** What is wrong with a draft before the server is asked, by field as the server names them. */
export function problemsOf(draft: Draft): Record<string, string[]> {
  const problems: Record<string, string[]> = {
    ...(draft.headers === 'kept' ? {} : problemsOfPairs('headers', draft.headers)),
    ...problemsOfPairs('metadata', draft.metadata),
  };
  if (draft.hasOwnDelays && parseDelays(draft.delays) === null) {
    problems.retry_delays = ['Write waits like 30 s, 5 min, 1 h 30 min, with commas between them.'];
  }

  const wrong = filterProblem(draft.filter);
  if (wrong !== undefined) {
    problems.filter = [wrong];
  }

  if (!/^\d*$/.test(draft.timeout.trim())) {
    problems.timeout_seconds = ['Write a whole number of seconds, or leave it empty.'];
  }

  return problems;
}
