import { type Api, answerOf, type Schemas } from '../api/client.ts';

/** Sends a test. The data goes as it was written, number by number, and not as a browser would write it again. */
export const sendTest = (
  api: Api,
  webhookId: string,
  event: string,
  dataText: string,
): Promise<Schemas['DeliveryDetail']> =>
  answerOf(
    api.POST('/api/v1/webhooks/{id}/test', {
      params: { path: { id: webhookId } },
      body: { event },
      bodySerializer: () => `{"event":${JSON.stringify(event)},"data":${dataText}}`,
    }),
  );
