/** An event that a payload is made of. */
export interface PublishedEvent {
  id: string;
  event: string;
  timestamp: string;
  data: unknown;
}

/** To whom a payload goes. */
export interface Receiver {
  organizationId: string;
  webhookId: string;
}

/** The id in the place of one that is not known yet. */
export const nilId = '00000000-0000-0000-0000-000000000000';

/** What a webhook is sent of an event, in one of the two forms. */
export function payloadOf(
  { id, event, timestamp, data }: PublishedEvent,
  { organizationId, webhookId }: Receiver,
  format: 'standard' | 'cloudevents',
): Record<string, unknown> {
  return format === 'standard'
    ? { event, timestamp, data, webhook_id: webhookId }
    : {
        specversion: '1.0',
        id,
        source: `/organizations/${organizationId}`,
        type: event,
        time: timestamp,
        datacontenttype: 'application/json',
        data,
        webhookid: webhookId,
      };
}

/** The fields that a payload has, as filters name them: `data.amount`. Of a list, those of its elements. */
export function fieldsOf(payload: unknown, prefix = ''): readonly string[] {
  if (Array.isArray(payload)) {
    return [...new Set(payload.flatMap((item) => fieldsOf(item, prefix)))];
  }

  return typeof payload !== 'object' || payload === null
    ? []
    : Object.entries(payload).flatMap(([name, value]) => [`${prefix}${name}`, ...fieldsOf(value, `${prefix}${name}.`)]);
}

/** A payload of a text; an error says what is wrong with it. */
export function parsePayload(text: string): { payload: Record<string, unknown> } | { problem: string } {
  try {
    const payload: unknown = JSON.parse(text);
    return typeof payload === 'object' && payload !== null && !Array.isArray(payload)
      ? { payload: payload as Record<string, unknown> }
      : { problem: 'It must be an object, as webhooks get it.' };
  } catch (reason) {
    return { problem: `It is not JSON: ${reason instanceof Error ? reason.message : reason}.` };
  }
}
