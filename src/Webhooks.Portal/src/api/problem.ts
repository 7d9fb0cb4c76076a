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
export function messagesOf(error: unknown, field: string, apart: readonly string[] = []): readonly string[] {
  if (!(error instanceof ApiProblem)) {
    return [];
  }

  return Object.entries(error.errors)
    .filter(([name]) => name === field || name.startsWith(`${field}.`) || name.startsWith(`${field}[`))
    .filter(([name]) => !apart.includes(name))
    .flatMap(([, messages]) => messages);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
