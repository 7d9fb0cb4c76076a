/** What the API says of a request that it refuses: a problem document (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  /** Messages by field; empty when no field is to blame. */
  readonly errors: Readonly<Record<string, readonly string[]>>;
  readonly requestId: string | undefined;

  constructor(status: number, body: unknown) {
    const problem = isRecord(body) ? body : {};
    const title = typeof problem.title === 'string' ? problem.title : `The server answered ${status}`;
    super(typeof problem.detail === 'string' ? problem.detail : title);
    this.name = 'ApiProblem';
    this.status = status;
    this.title = title;
    this.errors = isRecord(problem.errors) ? (problem.errors as Record<string, string[]>) : {};
    this.requestId = typeof problem.request_id === 'string' ? problem.request_id : undefined;
  }
}

/** No answer at all: the server is gone, or the network. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The server cannot be reached. Check your connection; it is tried again when you ask for it.', { cause });
    this.name = 'Unreachable';
  }
}

/** The messages of a field and of what lies below it, such as `events` and `events[1]`, apart from some that are shown elsewhere. */
export const messagesOf = (error: unknown, field: string, apart: readonly string[] = []): readonly string[] =>
  messagesByPlace(error, field)
    .filter(([place]) => !apart.includes(place))
    .map(([, message]) => message);

/** The same with where each is about: `filter.data.amount`; of all fields when none is named. */
export function messagesByPlace(
  error: unknown,
  field?: string,
): readonly (readonly [place: string, message: string])[] {
  return error instanceof ApiProblem
    ? Object.entries(error.errors)
        .filter(([place]) => field === undefined || isWithin(place, field))
        .flatMap(([place, messages]) => messages.map((message) => [place, message] as const))
    : [];
}

const isWithin = (place: string, field: string): boolean =>
  place === field || place.startsWith(`${field}.`) || place.startsWith(`${field}[`);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
