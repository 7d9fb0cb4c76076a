// A program of a user, written against the client that is generated from the document alone.
// Arguments: the server, a token, and a URL that receives webhooks.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths, webhooks } from './openapi.js';

type Received = webhooks['user.created']['post']['requestBody']['content']['application/json'];
type Problem = components['schemas']['Problem'];

const [baseUrl, token, url] = process.argv.slice(2) as [string, string, string];
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const created = await client.POST('/api/v1/webhooks', {
  params: { header: { 'Idempotency-Key': 'webhook-1' } }, body: { url, events: ['user.created'] },
});
assert.equal(created.response.headers.get('location'), `/api/v1/webhooks/${created.data?.id}`);
const id: string = created.data!.id;

const published = await client.POST('/api/v1/events', { body: { event: 'user.created', data: { user_id: '42', tags: ['a'] } } });
assert(published.data && 'deliveries' in published.data);
assert.equal(published.data.deliveries satisfies number, 1);
const several = await client.POST('/api/v1/events', { body: [{ event: 'user.created', data: {} }] });
assert(several.data && 'data' in several.data);
assert.equal(several.data.data[0]?.event, 'user.created');

const refused = await client.POST('/api/v1/events', { body: { event: 'user.craeted', data: {} } });
const problem: Problem = refused.error!;
assert.match(problem.errors?.['event']?.[0] ?? '', /Did you mean user.created/);

const tested = await client.POST('/api/v1/webhooks/{id}/test', { params: { path: { id } } });
const status: 'pending' | 'succeeded' | 'failed' | 'canceled' | 'skipped' = tested.data!.status;
assert.equal(status, 'succeeded');

const rotated = await client.POST('/api/v1/webhooks/{id}/secret/rotate', {
  params: { path: { id }, header: { 'Idempotency-Key': 'rotation-1' } }, body: { overlap_seconds: 3600 },
});
assert.match(rotated.data!.secret satisfies string, /^whsec_/);
const promoted = await client.POST('/api/v1/webhooks/{id}/secret/promote', { params: { path: { id } } });
assert.equal(promoted.data!.previous_secret_expires_at, rotated.data!.previous_secret_expires_at satisfies string | null);
assert.equal(promoted.data!.secret_hint, rotated.data!.secret.slice(-4));
const tag: string = promoted.response.headers.get('etag')!;
const unchanged = await client.GET('/api/v1/webhooks/{id}', { params: { path: { id }, header: { 'If-None-Match': tag } } });
assert.equal(unchanged.response.status, 304);
const edited = await client.PATCH('/api/v1/webhooks/{id}', {
  params: { path: { id }, header: { 'If-Match': tag } }, body: { description: 'Edited once' },
});
assert.equal(edited.data!.description, 'Edited once');
const late = await client.PATCH('/api/v1/webhooks/{id}', {
  params: { path: { id }, header: { 'If-Match': tag } }, body: { description: 'Edited twice' },
});
assert.equal((late.error satisfies Problem | undefined)?.status, 412);
const ended = await client.DELETE('/api/v1/webhooks/{id}/secret/previous', { params: { path: { id } } });
assert.equal(ended.response.status, 204);

const list = await client.GET('/api/v1/webhooks/{id}/deliveries', { params: { path: { id }, query: { status: 'succeeded', order: 'newest' } } });
const delivery_id = list.data!.data[0]!.id;
const shown = await client.GET('/api/v1/webhooks/{id}/deliveries/{delivery_id}', { params: { path: { id, delivery_id } } });
const payload = shown.data!.payload as Received;
assert.equal(payload.event satisfies 'user.created', 'user.created');
assert.equal(payload.webhook_id, id);

const again = await client.POST('/api/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver', {
  params: { path: { id, delivery_id }, header: { 'Idempotency-Key': 'redelivery-1' } },
});
assert.equal(again.data!.redelivery_of satisfies string | null, delivery_id);
const canceled = await client.POST('/api/v1/webhooks/{id}/deliveries/cancel', {
  params: { path: { id } }, body: { created_before: '2026-01-31T18:30:00Z' },
});
assert.equal(canceled.data!.complete satisfies boolean, true);
const from = new Date(Date.now() - 3_600_000).toISOString();
const to = new Date().toISOString();
const preview = await client.POST('/api/v1/webhooks/{id}/recoveries', {
  params: { path: { id } }, body: { from, to, statuses: ['failed'], dry_run: true },
});
assert(preview.data && 'by_event' in preview.data);
const recovery = await client.POST('/api/v1/webhooks/{id}/recoveries', {
  params: { path: { id } }, body: { from, to, statuses: ['failed'] },
});
assert(recovery.data && 'redelivered' in recovery.data);
const statistics = await client.GET('/api/v1/webhooks/{id}/stats', { params: { path: { id }, query: { interval: 'minute', group_by: 'event' } } });
assert.equal(statistics.data!.totals.canceled satisfies number, 0);
assert.equal(statistics.data!.totals.success_rate satisfies number | null, 1);
assert.equal(statistics.data!.groups[0]!.key satisfies string | null, 'user.created');
assert.equal(statistics.data!.series[0]!.at satisfies string, statistics.data!.from);
const recoveries = await client.GET('/api/v1/webhooks/{id}/recoveries', { params: { path: { id } } });
assert.equal(recoveries.data!.data[0]!.id, recovery.data.id);
const runtimeStatus: string | undefined = shown.data!.orchestration?.runtime_status;
assert.notEqual(runtimeStatus, 'Failed');

const everywhere = await client.GET('/api/v1/deliveries', { params: { query: { status: 'succeeded', limit: 100 } } });
assert(everywhere.data!.data.some(other => other.id === delivery_id));
const events = await client.GET('/api/v1/events', { params: { query: { event: 'user.created' } } });
const counts: components['schemas']['EventOutcomes'] = events.data!.data[0]!.deliveries;
assert.equal(typeof counts.succeeded, 'number');
const event_id = published.data.id;
const event = await client.GET('/api/v1/events/{event_id}', { params: { path: { event_id } } });
assert.equal(event.data!.deliveries[0]!.webhook_id, id);
const explained = await client.GET('/api/v1/webhooks/{id}/explain', { params: { path: { id }, query: { event_id } } });
assert.equal(explained.data!.event?.id, event_id);
assert(['delivered', 'pending'].includes(explained.data!.reason));

const types = await client.GET('/api/v1/webhooks/events/available');
assert.equal(typeof types.data!.data[0]!.events[0]!.sample, 'object');

const made = await client.POST('/api/v1/api-keys', { body: { name: 'Generated', scopes: ['webhooks:read'] } });
const program = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${made.data!.key satisfies string}` } });
const key_id = made.data!.id;
assert.equal((await program.GET('/api/v1/api-keys/{key_id}', { params: { path: { key_id } } })).data!.prefix, made.data!.key.slice(0, 26));
assert.equal((await client.DELETE('/api/v1/api-keys/{key_id}', { params: { path: { key_id } } })).response.status, 204);
