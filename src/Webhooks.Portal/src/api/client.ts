import createClient, { type Client } from 'openapi-fetch';
import { ApiProblem, Unreachable } from './problem.ts';
import type { components, paths } from './schema.d.ts';

export type Schemas = components['schemas'];
export type Api = Client<paths>;

/** By which an operator names the organization to act for. */
export const organizationHeader = 'Webhooks-Organization';

interface Options {
  /** The API's path, as in `/api/v1`. */
  base: string;
  token: () => Promise<string>;
  /** The organization that an operator looks at; undefined for the token's own. */
  organization: string | undefined;
  /** Called when the server says that the token is no good any more. */
  onUnauthorized: () => void;
}

/** A client of the API for one who looks. */
export function createApi({ base, token, organization, onUnauthorized }: Options): Api {
  const api = createClient<paths>({ baseUrl: base.replace(/\/api\/v1\/?$/, '') });
  api.use({
    async onRequest({ request }) {
      request.headers.set('Authorization', `Bearer ${await token()}`);
      if (organization !== undefined && !request.headers.has(organizationHeader)) {
        request.headers.set(organizationHeader, organization);
      }
    },
    onResponse({ response }) {
      if (response.status === 401) {
        onUnauthorized();
      }
    },
    onError({ error }) {
      return new Unreachable(error);
    },
  });
  return api;
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What an operation answers; throws an {@link ApiProblem} when it is refused. */
export async function answerOf<T>(operation: Promise<Answer<T>>): Promise<T> {
  return (await answerWithTag(operation)).data;
}

/** The same with the `ETag` of what was read, for `If-Match`. */
export async function answerWithTag<T>(operation: Promise<Answer<T>>): Promise<{ data: T; tag: string | undefined }> {
  const { data, error, response } = await operation;
  if (!response.ok) {
    throw new ApiProblem(response.status, error);
  }

  return { data: data as T, tag: response.headers.get('ETag') ?? undefined };
}
